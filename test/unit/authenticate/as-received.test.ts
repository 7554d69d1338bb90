import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { asReceived } from '../../../src/authenticate/as-received.ts'
import { failureOf } from '../../../src/mail/authentication.ts'
import { FOREIGN_IP, inPieces, LETTER, signed, verdictOn } from './post.ts'

async function read(text: string, size: number, isTraced = true): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of asReceived(inPieces(Buffer.from(text, 'latin1'), size), isTraced)) pieces.push(piece)
  return Buffer.concat(pieces).toString('latin1')
}

const SIGNED = 'DKIM-Signature: v=1;\r\n d=x\r\nFrom: a@b.example\r\n'

test('everything but our own field comes out as it went in, in pieces of any size', async () => {
  const rest = `${SIGNED}Received: theirs\r\nX: \u00ff\r\n\r\nbody\r\n\r\nmore`
  for (const size of [1, 2, 3, 5, 1_000]) expect(await read(`Received: ours\r\n\tby us\r\n${rest}`, size)).toBe(rest)
  expect(await read(`Received: theirs\r\n${rest}`, 7, false)).toBe(`Received: theirs\r\n${rest}`)
})

test('headers without a body, bodies without a header, bare line feeds and nothing at all are no riddles', async () => {
  for (const size of [1, 4, 100]) {
    expect(await read(SIGNED, size)).toBe(SIGNED)
    expect(await read('DKIM-Signature: x\n\nbody\n', size)).toBe('DKIM-Signature: x\n\nbody\n')
    expect(await read('\r\nbody', size)).toBe('')
    expect(await read('', size)).toBe('')
  }
})

test('of a mail without signatures the body is not read', async () => {
  expect(await read('From: a@b.example\r\n\r\nbody', 8)).toBe('From: a@b.example\r\n')
})

test('only so many signatures are looked at, however their names are written', async () => {
  const names = ['DKIM-Signature:', 'dkim-signature :', 'DKIM-SIGNATURE\r\n :', 'DKIM-Signature\r\n\t:']
  const header = Array.from({ length: 400 }, (_, i) => `${names[i % names.length]} n=${i}\r\n b=x\r\n`).join('')
  const text = await read(`${header}Subject: x\r\n\r\n`, 500, false)
  expect(text.match(/n=\d+/gu)).toEqual(['n=0', 'n=1', 'n=2', 'n=3', 'n=4', 'n=5'])
  expect(text.endsWith(' b=x\r\nSubject: x\r\n\r\n')).toBe(true)
})

test('a header or a line beyond all use is not checked, and a forger gains nothing by it', async () => {
  const bombs = [
    `X: ${'a'.repeat(300_000)}\r\n`,
    `X: a\r\n${' b\r\n'.repeat(60_000)}`,
    'X: a\r\n'.repeat(60_000),
    'DKIM-Signature: a=b\r\n'.repeat(20_000),
  ]
  for (const bomb of bombs) {
    const verdict = await verdictOn(Buffer.concat([LETTER.subarray(0, 38), Buffer.from(bomb), LETTER.subarray(38)]), {
      ip: FOREIGN_IP,
    })
    expect(verdict).toMatchObject({ dmarc: 'fail', dkim: 'none' })
    expect(verdict.because).toContain('DKIM not checked')
    expect(failureOf(verdict)).toBe('DMARC fail')
  }
  const long = await verdictOn(Buffer.concat([await signed(LETTER), Buffer.alloc(3_000_000, ' ')]), { ip: FOREIGN_IP })
  expect(long).toMatchObject({ dmarc: 'fail', dkim: 'none' })
  expect(long.because).toContain('too long a line')
})

test('a large attachment verifies, and other work goes on meanwhile', async () => {
  const letter = await signed(Buffer.concat([LETTER, Buffer.alloc(4_000_000, `${'Zm9vYmFy'.repeat(9)}\r\n`)]))
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  const verdict = await verdictOn(letter, { ip: FOREIGN_IP })
  clearInterval(timer)
  expect(verdict).toMatchObject({ dkim: 'pass', dmarc: 'pass' })
  expect(turns).toBeGreaterThan(3)
})
