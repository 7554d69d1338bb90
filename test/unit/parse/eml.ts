import { Buffer } from 'node:buffer'
import type { DefectCode, Message } from '../../../src/mail/message.ts'
import { parse } from '../../../src/parse/parse.ts'

/** Lines of a message as the wire has them. */
export function eml(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\r\n'))
}

/** A letter with nothing wrong: the lines given stand above its own header fields. */
export function letter(...lines: readonly string[]): Buffer {
  return eml(...lines, 'From: Ann Lee <ann@customer.example>', 'Message-ID: <1@customer.example>', '', 'Hello', '')
}

export function read(...lines: readonly string[]): Promise<Message> {
  return parse(eml(...lines), { complete: true })
}

export function codes(message: Message): readonly DefectCode[] {
  return message.defects.map((defect) => defect.code)
}
