import { type Address, folded } from '../../mail/address.ts'
import { didYouMean } from '../did-you-mean.ts'
import { dotted } from '../explain-issue.ts'
import type { Readable } from '../parse-sections.ts'
import type { Path } from '../yaml/document.ts'
import type { CrossCheck, Finding } from './found.ts'
import { type Once, repeated } from './repeated.ts'

type Named = { readonly address: Address; readonly path: Path }

/** Every address and alias of the mailboxes, with its place. */
function ownAddresses(readable: Readable): readonly Named[] {
  return readable.mailboxes.flatMap(({ at, parsed }) => [
    { address: parsed.address, path: ['mailboxes', at, 'address'] },
    ...parsed.aliases.map((address, index) => ({ address, path: ['mailboxes', at, 'aliases', index] })),
  ])
}

/** One address belongs to one mailbox: else nobody could say which one a mail is for. */
export const uniqueAddresses: CrossCheck = (readable) => repeated(ownAddresses(readable).map(once))

export const uniqueAgents: CrossCheck = (readable) =>
  repeated(readable.agents.map(({ at, parsed }) => once({ address: parsed.address, path: ['agents', at, 'address'] })))

const once = ({ address, path }: Named): Once => ({ key: folded(address), shown: address, path })

/** An agent's mail is never answered; a mailbox's is. */
export const agentsAreNoMailboxes: CrossCheck = (readable) => {
  const own = new Map(ownAddresses(readable).map((one) => [folded(one.address).toString(), one.path]))
  return readable.agents.flatMap(({ at, parsed: agent }): readonly Finding[] => {
    const mailbox = own.get(folded(agent.address))
    if (mailbox === undefined) return []
    return [
      {
        path: ['agents', at, 'address'],
        message: `${agent.address} is a mailbox (${dotted(mailbox)})`,
        hint: 'name the address that this person writes from',
      },
    ]
  })
}

/** Bounces to an address that answers would make a loop (RFC 3834 3.3): the return path is nobody's mailbox. */
export const returnPathNeverAnswers: CrossCheck = (readable) => {
  const own = new Map(ownAddresses(readable).map((one) => [folded(one.address).toString(), one.path]))
  const wanted: readonly { returnPath: Address | null | undefined; path: Path }[] = [
    { returnPath: readable.sections.send?.return_path, path: ['send', 'return_path'] },
    ...readable.mailboxes.map(({ at, parsed }) => ({
      returnPath: parsed.send?.return_path,
      path: ['mailboxes', at, 'send', 'return_path'],
    })),
  ]
  return wanted.flatMap(({ returnPath, path }): readonly Finding[] => {
    const mailbox = typeof returnPath === 'string' ? own.get(folded(returnPath)) : undefined
    if (mailbox === undefined) return []
    return [
      {
        path,
        message: `${returnPath} is a mailbox (${dotted(mailbox)}), and bounces to it would be answered`,
        hint: 'name an address that never answers, or null for the empty sender <>',
      },
    ]
  })
}

/** A mailbox that something else names must be one. */
export const mailboxesExist: CrossCheck = (readable, file) => {
  if (readable.mailboxes.length !== (Array.isArray(file.mailboxes) ? file.mailboxes.length : 0)) return []
  const known = ownAddresses(readable).map((one) => folded(one.address).toString())
  const main = readable.mailboxes.map(({ parsed }) => folded(parsed.address).toString())
  const imap = (readable.sections.receive?.imap ?? []).map((one, at) => ({
    address: one.mailbox,
    path: ['receive', 'imap', at, 'mailbox'],
    among: main,
  }))
  const rules = readable.rules.flatMap(({ at, parsed: rule }) =>
    (rule.when.mailboxes ?? []).map((address, index) => ({
      address,
      path: ['rules', at, 'when', 'mailboxes', index],
      among: known,
    })),
  )
  return [...imap, ...rules].flatMap(({ address, path, among }): readonly Finding[] => {
    if (among.includes(folded(address))) return []
    const near = didYouMean(address, among)
    return [
      {
        path,
        message: `${address} is not the address of a mailbox`,
        hint: near === undefined ? 'add it to mailboxes' : `did you mean ${near}?`,
      },
    ]
  })
}
