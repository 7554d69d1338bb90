import { Buffer } from 'node:buffer'
import { dkimVerify } from 'mailauth'
import { describe, expect, test } from 'vitest'
import { annotations, type Found } from '../../../src/deliver/annotations.ts'
import { handedOnOctets } from '../../../src/deliver/hand-on.ts'
import { NOT_AUTHENTICATED } from '../../../src/mail/authentication.ts'
import type { Decision } from '../../../src/mail/decision.ts'
import { ticketIdFrom } from '../../../src/mail/tag.ts'
import { CUSTOMER_ZONE, LETTER, resolverOf, signed } from '../authenticate/post.ts'
import { address } from '../letters.ts'

const TICKET = ticketIdFrom(Uint8Array.of(1, 2, 3, 4, 5, 6))
const ANSWERED: Decision = {
  disposition: 'new-ticket',
  threading: { kind: 'new' },
  reply: {
    kind: 'send',
    notice: {
      kind: 'acknowledgement',
      to: address('ann@customer.example'),
      from: address('support@acme.example'),
      mailbox: address('support@acme.example'),
      locale: 'en',
      customerName: '',
      subject: '',
    },
  },
  handOn: [address('support@acme.example')],
}
const FOUND: Found = {
  ticket: TICKET,
  nature: 'person',
  decision: ANSWERED,
  authentication: { dmarc: 'pass', spf: 'fail', dkim: 'pass', source: 'checked' },
  from: address('ann@customer.example'),
  reversePath: address('bounce+1@relay.example'),
  authservId: 'mx.acme.example',
}

describe('what the team reads on top of a mail', () => {
  test('is ticket, nature, decision and what we checked ourselves', () => {
    expect(annotations(FOUND)).toEqual([
      `X-Replyd-Ticket: ${TICKET}`,
      'X-Replyd-Nature: person',
      'X-Replyd-Decision: new-ticket; send acknowledgement en',
      'Authentication-Results: mx.acme.example; spf=fail smtp.mailfrom=relay.example; dkim=pass; dmarc=pass header.from=customer.example',
    ])
  })
  test('a silence names its reasons', () => {
    const because = [{ code: 'automatic' }, { code: 'null-sender' }] as const
    const decision: Decision = { ...ANSWERED, disposition: 'file-only', reply: { kind: 'silence', because } }
    expect(annotations({ ...FOUND, ticket: undefined, nature: 'automatic', decision }).slice(0, 2)).toEqual([
      'X-Replyd-Nature: automatic',
      'X-Replyd-Decision: file-only; silence automatic null-sender',
    ])
  })
  test('what another server wrote is not repeated in our name, and what nobody knows has no word', () => {
    const results = (authentication: Found['authentication'], reversePath: Found['reversePath'] = '<>') =>
      annotations({ ...FOUND, authentication, reversePath }).filter((line) => line.startsWith('Authentication'))
    expect(results(NOT_AUTHENTICATED)).toEqual([])
    expect(results({ dmarc: 'pass', spf: 'pass', dkim: 'pass', source: 'header' })).toEqual([])
    expect(results({ dmarc: 'unknown', spf: 'none', dkim: 'unknown', source: 'checked' })).toEqual([
      'Authentication-Results: mx.acme.example; spf=none',
    ])
    expect(results({ dmarc: 'unknown', spf: 'unknown', dkim: 'unknown', source: 'checked' })).toEqual([
      'Authentication-Results: mx.acme.example; none',
    ])
  })
})

describe('the signature of the original', () => {
  const handedOn = async (subjectTag?: string): Promise<Buffer> => {
    const letter = await signed(LETTER)
    const edit = { prepend: annotations(FOUND), ownAuthservId: 'mx.acme.example' }
    const chunks: Uint8Array[] = []
    const octets = (async function* () {
      yield letter
    })()
    const whole = subjectTag === undefined ? edit : { ...edit, subjectTag }
    for await (const chunk of handedOnOctets(octets, whole)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  const verdict = async (letter: Buffer): Promise<string | undefined> => {
    const resolve = resolverOf(CUSTOMER_ZONE)
    const resolver = async (name: string, type: string) => (await resolve(name, type)) as string[]
    const { results } = await dkimVerify(letter, { resolver })
    return results[0]?.status.result
  }
  test('holds with all our lines on top', async () => {
    const letter = await handedOn()
    expect(letter.toString('latin1')).toMatch(/^X-Replyd-Ticket: /u)
    expect(await verdict(letter)).toBe('pass')
  })
  test('is broken by the tag in the subject, which is why it is off unless it is asked for', async () => {
    expect(await verdict(await handedOn('[#K7M2Q9F]'))).not.toBe('pass')
  })
})
