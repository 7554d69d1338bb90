import { type Address, parseAddress } from './address.ts'
import type { NextHop } from './queue.ts'

const DEFAULT_PORTS = { smtp: 25, smtps: 465, lmtp: 24 } as const

const BAD_RECIPIENT = Symbol('bad recipient')

/**
 * Reads `maildir:FOLDER`, `smtp://host[:port][/ADDRESS]`, `smtps://...`, `lmtp://...` or `lmtp://unix:/path[,ADDRESS]`.
 * `?tls=required` on smtp and lmtp refuses to go on without STARTTLS.
 * @returns a sentence that says what was wanted, where the text is none of these
 */
export function parseNextHop(text: string): NextHop | string {
  if (text.startsWith('maildir:')) {
    const folder = text.slice('maildir:'.length)
    return folder === '' ? 'maildir:FOLDER with the name of a folder' : { kind: 'maildir', folder }
  }
  const socket = /^lmtp:\/\/unix:(\/[^,?#]+)(?:,(.+))?$/u.exec(text)
  if (socket?.[1] !== undefined) {
    const recipient = recipientOf(socket[2])
    if (recipient === BAD_RECIPIENT) return 'one address after the comma, e.g. lmtp://unix:/run/lmtp,team@acme.example'
    return { kind: 'lmtp', host: 'localhost', port: 0, tls: 'opportunistic', recipient, socket: socket[1] }
  }
  return networkHop(text)
}

function networkHop(text: string): NextHop | string {
  const wanted = 'maildir:FOLDER, smtp://host[:port][/address], smtps://host[:port] or lmtp://host[:port]'
  const url = URL.parse(text)
  const scheme = url?.protocol.slice(0, -1)
  if (url === null || (scheme !== 'smtp' && scheme !== 'smtps' && scheme !== 'lmtp') || url.hostname === '')
    return wanted
  if (url.username !== '' || url.password !== '') return 'no user or password in the URL; they go into send.auth'
  const recipient = recipientOf(unescaped(url.pathname.slice(1)))
  if (recipient === BAD_RECIPIENT) return 'one address after the slash, e.g. smtp://mail.example/team@acme.example'
  if (!/^[\p{L}\p{N}._-]+$|^\[[0-9A-Fa-f:.]+\]$/u.test(url.hostname)) return wanted
  if (url.port === '0') return 'a port from 1 to 65535'
  const tls = url.searchParams.get('tls')
  // a misspelt ?tls= must not pass for an unencrypted hop that is wanted
  if (url.hash !== '' || !['', '?tls=required'].includes(url.search)) {
    return '?tls=required or nothing after the host and the address'
  }
  return {
    kind: scheme === 'lmtp' ? 'lmtp' : 'smtp',
    host: url.hostname.replace(/^\[(.*)\]$/u, '$1'),
    port: url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port),
    tls: scheme === 'smtps' ? 'implicit' : tls === 'required' ? 'required' : 'opportunistic',
    recipient,
  }
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function recipientOf(text: string | undefined): Address | undefined | typeof BAD_RECIPIENT {
  if (text === undefined || text === '') return undefined
  return parseAddress(text) ?? BAD_RECIPIENT
}
