/** The package carries no types; this is the part that we call. */
declare module 'html-to-text' {
  type Selector = {
    readonly selector: string
    readonly format?: string
    readonly options?: Readonly<Record<string, unknown>>
  }
  type Options = {
    readonly wordwrap: false
    readonly limits: { readonly maxDepth: number; readonly ellipsis: string }
    readonly selectors: readonly Selector[]
  }
  export function compile(options: Options): (html: string) => string
}
