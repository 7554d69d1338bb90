import * as z from 'zod'
import type { Organization, Storage } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { atLeastOne, line } from './leaf.ts'
import { path } from './places.ts'
import { duration } from './quantities.ts'
import { locale, timeZone } from './zones-and-locales.ts'

export const organization = z.strictObject({
  name: line('a name', 100).describe('Who writes: shown in every notice.'),
  timezone: timeZone.prefault(DEFAULTS.organization.timezone).describe('Zone in which notices state times.'),
  locale: locale.prefault(DEFAULTS.organization.locale).describe('Language where nothing better is known.'),
  locales: atLeastOne(locale)
    .optional()
    .describe('Languages that notices are written in, best first; without it, `locale` alone.'),
})

export function organizationOf(parsed: z.output<typeof organization>): Organization {
  return { ...parsed, locales: parsed.locales ?? [parsed.locale] }
}

const { ledger, spool, retention } = DEFAULTS.storage

export const storage = z.strictObject({
  ledger: path.prefault(ledger).describe('The SQLite file that knows every message, ticket and reply.'),
  spool: path.prefault(spool).describe('Folder for messages too large for the ledger.'),
  retention: duration({ least: '1d', most: '36500d' }).prefault(retention).describe('How long mail is kept.'),
})

export function storageOf(parsed: z.output<typeof storage>): Storage {
  return { ledger: parsed.ledger, spool: parsed.spool, retentionMs: parsed.retention }
}
