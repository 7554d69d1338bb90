import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { composeLetter } from '../../../src/render/compose.ts'
import { renderNotice } from '../../../src/render/render.ts'
import { order, shipped } from '../../unit/render/orders.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
/** `REPLYD_GOLDEN=write` writes what is wanted anew; then read the difference before it is committed. */
const writing = process.env.REPLYD_GOLDEN === 'write'

const CUSTOMERS = {
  en: { customerName: 'Maria Papadaki', subject: 'The invoice for October is missing' },
  el: { customerName: 'Μαρία Παπαδάκη', subject: 'Λείπει το τιμολόγιο Οκτωβρίου' },
  'zh-Hant': { customerName: '王小明', subject: '十月份的發票不見了' },
}

const { set } = await shipped()

function golden(name: string, octets: Uint8Array): Uint8Array {
  const path = `${folder}/${name}`
  if (writing) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, octets)
  }
  return readFileSync(path)
}

test.each(Object.entries(CUSTOMERS))('the acknowledgement in %s is what was looked at and approved', async (locale, customer) => {
  const letter = renderNotice(set, order({ notice: { locale, ...customer } }))
  const head = letter.headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  const read = Buffer.from(`${head}\n\n${letter.text}`)
  expect(read.toString()).toBe(Buffer.from(golden(`acknowledgement.${locale}.txt`, read)).toString())
  const html = Buffer.from(letter.html ?? '')
  expect(html.toString()).toBe(Buffer.from(golden(`acknowledgement.${locale}.html`, html)).toString())
  const octets = await composeLetter(letter)
  expect(Buffer.compare(octets, golden(`acknowledgement.${locale}.eml`, octets))).toBe(0)
})
