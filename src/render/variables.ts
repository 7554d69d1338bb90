import type { Scope } from './liquid.ts'

/** What a template may ask for. `optional`: may be absent, so it wants an `{% if %}` or a `default`. */
export type Variable = {
  readonly name: string
  readonly presence: 'always' | 'optional'
  readonly meaning: string
  readonly sample: string
}

/** Every placeholder there is: the table of templates/README.md, the linter and the samples are made of it. */
export const VARIABLES: readonly Variable[] = [
  {
    name: 'customer.name',
    presence: 'optional',
    meaning: 'the name the customer writes under',
    sample: 'Maria Papadaki',
  },
  { name: 'ticket.tag', presence: 'optional', meaning: 'the tag that stands in the subject', sample: '[#K7M2Q9F]' },
  { name: 'ticket.id', presence: 'optional', meaning: 'the ticket number alone', sample: 'K7M2Q9F' },
  {
    name: 'subject',
    presence: 'optional',
    meaning: "the customer's subject, without Re: and tags; absent where it is empty or must not be repeated",
    sample: 'The invoice for October is missing',
  },
  {
    name: 'received_at',
    presence: 'always',
    meaning: 'when the mail was received, in words of the language and in the local zone',
    sample: 'Monday, November 23 at 10:00 AM GMT+2',
  },
  {
    name: 'expected_reply',
    presence: 'optional',
    meaning: 'by when a person will have answered, in words; absent where nothing is promised',
    sample: 'Tuesday, November 24 at 10:00 AM GMT+2',
  },
  {
    name: 'mailbox.name',
    presence: 'always',
    meaning: 'the name of the mailbox that was written to',
    sample: 'Acme Support',
  },
  {
    name: 'mailbox.address',
    presence: 'always',
    meaning: 'its address, as written to',
    sample: 'support@acme.example',
  },
  { name: 'organization.name', presence: 'always', meaning: 'the name of the organization', sample: 'Acme' },
  {
    name: 'resources',
    presence: 'always',
    meaning: 'the list of pages that may help; may be empty',
    sample: 'Help centre',
  },
  { name: 'resources.title', presence: 'always', meaning: 'in the loop: the title of a page', sample: 'Help centre' },
  {
    name: 'resources.url',
    presence: 'always',
    meaning: 'in the loop: its address; wants the filter url in a link',
    sample: 'https://help.acme.example/',
  },
  { name: 'locale', presence: 'always', meaning: "the template's language tag", sample: 'en' },
  { name: 'dir', presence: 'always', meaning: 'ltr or rtl', sample: 'ltr' },
]

/** Names that may be asked of the scope; members of a list are only known inside its loop. */
export const GLOBAL_NAMES: readonly string[] = VARIABLES.map(({ name }) => name).filter(
  (name) => !name.startsWith('resources.'),
)
/** Members of the elements of `resources`. */
export const RESOURCE_MEMBERS: readonly string[] = ['title', 'url']

/**
 * A scope made of the samples, for trying a template out.
 * @param presence `all`: every variable is there; `bare`: the optional ones are absent and the list is empty
 */
export function sampleScope(presence: 'all' | 'bare', given: { locale: string; dir: string }): Scope {
  const scope: Record<string, unknown> = {}
  for (const variable of VARIABLES) {
    if (variable.name.startsWith('resources')) continue
    const [first = '', second] = variable.name.split('.')
    const value = presence === 'bare' && variable.presence === 'optional' ? undefined : variable.sample
    if (second === undefined) {
      if (value !== undefined) scope[first] = value
      continue
    }
    const group = (scope[first] ?? {}) as Scope
    scope[first] = value === undefined ? group : { ...group, [second]: value }
  }
  const resources = presence === 'all' ? [{ title: 'Help centre', url: 'https://help.acme.example/' }] : []
  return { ...scope, resources, locale: given.locale, dir: given.dir }
}
