import { Resolver } from 'node:dns/promises'

/**
 * Asks the DNS for the records of one type: TXT gives lists of strings, MX `{exchange, priority}`, the others strings, as
 * Node's own resolver does. Rejects with an Error whose `code` is Node's: ENOTFOUND and ENODATA mean that there is nothing.
 */
export type Resolve = (name: string, type: string) => Promise<readonly unknown[]>

/** Until a server is taken for silent, and how often it is asked; c-ares waits longer in the second round. */
const SERVER_TIMEOUT_MS = 2_000
const TRIES = 2

export type SystemResolver = {
  readonly resolve: Resolve
  /** Questions still open are given up. */
  close(): void
}

/** The name servers of this machine (resolv.conf). */
export function systemResolver(): SystemResolver {
  const resolver = new Resolver({ timeout: SERVER_TIMEOUT_MS, tries: TRIES })
  return {
    resolve: async (name, type) => {
      const answer: unknown = await resolver.resolve(name, type)
      return Array.isArray(answer) ? answer : []
    },
    close: () => resolver.cancel(),
  }
}

export function dnsError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

/** Node's code of a failed question; '' for anything else. */
export function dnsCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** There is no such record, as opposed to nobody could tell. */
export function saysNothing(error: unknown): boolean {
  return ['ENOTFOUND', 'ENODATA', 'EBADNAME'].includes(dnsCode(error))
}
