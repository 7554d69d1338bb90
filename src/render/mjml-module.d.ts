/** The package carries no types; this is the part that we call. */
declare module 'mjml' {
  type Options = {
    readonly validationLevel: 'strict'
    readonly fonts: Readonly<Record<string, string>>
    readonly ignoreIncludes: boolean
  }
  export default function mjml2html(source: string, options: Options): Promise<{ readonly html: string }>
}
