/** What a layout may ask of the organization at load: it becomes part of the compiled document. */
export type Brand = {
  readonly name: string
  /** Six-digit hex colour of links, buttons and the line on top, on light ground. */
  readonly accent: string
  /** The same on dark ground. */
  readonly accentDark: string
}

/** A quiet blue-green that keeps 4.5:1 (WCAG 2.2 1.4.3) on the layout's light and dark ground. */
export const QUIET_COLOURS: Omit<Brand, 'name'> = { accent: '#1f5f6b', accentDark: '#8ec9d4' }

const COLOUR = /^#[0-9a-f]{6}$/iu

/** @throws RangeError for a colour that is no six-digit hex colour: MJML would refuse it in every template */
export function checkedBrand(brand: Brand): Brand {
  for (const colour of [brand.accent, brand.accentDark]) {
    if (!COLOUR.test(colour)) throw new RangeError(`Cannot use the colour ${colour}; wanted is one such as #1f5f6b`)
  }
  return brand
}
