import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../../src/mail/address.ts'
import { parse } from '../../../src/parse/parse.ts'

/** A folder of mail that others wrote: `mail/` beneath it, or the folder itself. */
const folder = process.env.REPLYD_CORPUS
const CEILING_MS = 120_000

describe.skipIf(folder === undefined)('an archive of real mail', () => {
  test('every file gives a Message, and none makes a library fail', { timeout: CEILING_MS }, async () => {
    const entries = readdirSync(folder ?? '', { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    const mails = entries.map((one) => join(one.parentPath, one.name)).filter((path) => path.endsWith('.eml'))
    expect(mails.length).toBeGreaterThan(0)
    const failed: string[] = []
    for (const path of mails) {
      const message = await parse(readFileSync(path), { complete: true })
      if (message.defects.some((one) => one.code === 'parser-failed' || one.code === 'parser-timeout'))
        failed.push(path)
      for (const one of message.from) expect(parseAddress(one.address)).toBe(one.address)
    }
    expect(failed).toEqual([])
  })
})
