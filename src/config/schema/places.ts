import { isIP } from 'node:net'
import { type Address, parseAddress } from '../../mail/address.ts'
import { readGlob } from '../../mail/address-glob.ts'
import { type ListenTarget, parseListenTarget } from '../../mail/listen.ts'
import { parseNextHop } from '../../mail/next-hop.ts'
import type { NextHop } from '../../mail/queue.ts'
import type { AddressGlob, MaildirHop, Network } from '../config.ts'
import { Refused, text } from './leaf.ts'

const ADDRESS_WANTED = 'one address such as support@acme.example, without name and brackets'

export const address = text<Address>(ADDRESS_WANTED, parseAddress, { examples: ['support@acme.example'] })

const GLOB_WANTED = 'an address in which * stands for anything, such as "*@partner.example"'
/** A whole address with `*`; one without @ and without * fits nothing. */
export const addressGlob = text<AddressGlob>(
  GLOB_WANTED,
  (value) => {
    const read = readGlob(value)
    if (read.kind === 'glob') return read.glob
    return read.hint === undefined ? undefined : new Refused({ hint: read.hint })
  },
  { examples: ['*@partner.example', 'no-reply*@*'] },
)

const NEXT_HOP_WANTED = 'maildir:FOLDER, smtp://host[:port][/address], smtps://host[:port] or lmtp://host[:port]'
const HOP_PATTERN = '^(?:maildir:.|(?:smtps?|lmtp)://.)'
const HOP_EXAMPLES = ['maildir:var/mail/support', 'smtp://mail.acme.example', 'lmtp://unix:/run/dovecot/lmtp']

const NO_PASSWORD = 'no user and password in the URL; they go into send.auth'

function hopOf(value: string): NextHop | Refused {
  // user:password@ is no place for a password, and a message must not repeat it
  if (/^[a-z]+:\/\/[^/]*@/u.test(value)) return new Refused({ wanted: NO_PASSWORD, secret: true })
  const hop = parseNextHop(value)
  return typeof hop === 'string' ? new Refused({ wanted: hop }) : hop
}

export const nextHop = text<NextHop>(NEXT_HOP_WANTED, hopOf, { pattern: HOP_PATTERN, examples: HOP_EXAMPLES })

/** `none` is read, so that the refusal of it can say why. */
export const nextHopOrNone = text<NextHop | 'none'>(
  NEXT_HOP_WANTED,
  (value) => (value === 'none' ? value : hopOf(value)),
  { pattern: HOP_PATTERN, examples: HOP_EXAMPLES },
)

export const maildir = text<MaildirHop>(
  'maildir:FOLDER with the name of a folder',
  (value) => {
    const hop = parseNextHop(value)
    return typeof hop !== 'string' && hop.kind === 'maildir' ? hop : undefined
  },
  { pattern: '^maildir:.', examples: ['maildir:var/mail/undelivered'] },
)

function listenWanted(value: string, wanted: string): string {
  return value.startsWith('unix:') ? 'an absolute path after unix:, such as unix:/run/replyd/lmtp.sock' : wanted
}

export const listenTarget = text<ListenTarget>(
  'an address and port such as 127.0.0.1:2525, unix:/PATH or fd:NAME',
  (value) => {
    const target = parseListenTarget(value)
    return typeof target === 'string' ? new Refused({ wanted: listenWanted(value, target) }) : target
  },
  { examples: ['127.0.0.1:2525', 'unix:/run/replyd/lmtp.sock', 'fd:smtp'] },
)

export const listenTargetOrOff = text<ListenTarget | 'off'>(
  'an address and port such as 127.0.0.1:8025, unix:/PATH, fd:NAME, or off',
  (value) => {
    const target = value === 'off' ? value : parseListenTarget(value)
    return typeof target === 'string' && target !== 'off'
      ? new Refused({ wanted: `${listenWanted(value, target)}, or off` })
      : target
  },
  { examples: ['127.0.0.1:8025', 'off'] },
)

export const network = text<Network>(
  'an IP address or network such as 10.0.0.0/8 or "fd00::/8"',
  (value) => {
    const [ip = '', bits, ...rest] = value.split('/')
    const family = isIP(ip)
    if (family === 0 || rest.length > 0) return undefined
    if (bits === undefined) return value
    const most = family === 4 ? 32 : 128
    if (!/^\d{1,3}$/u.test(bits) || Number(bits) > most) return new Refused({ wanted: `0 to ${most} after the slash` })
    return value
  },
  { examples: ['10.0.0.0/8', 'fd00::/8'] },
)

const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_-]{0,61}[\p{L}\p{N}\p{M}])?$/u

export function isHostname(value: string): boolean {
  return value.length <= 253 && value.split('.').every((label) => LABEL.test(label))
}

/** A name in the DNS, folded to lower case. */
export const hostname = text(
  'a host name such as mx.acme.example',
  (value) => (isHostname(value) && isIP(value) === 0 ? value.toLowerCase() : undefined),
  { examples: ['mx.acme.example'] },
)

/** Where we connect to: a name or an IP address. */
export const host = text('a host name or IP address', (value) =>
  isIP(value) > 0 || isHostname(value) ? value.toLowerCase() : undefined,
)

export const domain = text('a domain such as acme.example', (value) =>
  isHostname(value) && value.includes('.') ? value.toLowerCase() : undefined,
)

const MAX_PATH = 4096 // PATH_MAX of Linux

/** Relative or absolute; paths.ts says relative to what. */
export const path = text('the path of a file or folder', (value) =>
  value.trim() === '' || value.length > MAX_PATH || /\p{Cc}/u.test(value) ? undefined : value,
)

export const webAddress = text(
  'a web address such as https://help.acme.example/',
  (value) => {
    const url = URL.parse(value)
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
    return url.username === '' && url.password === '' ? value : new Refused({ wanted: 'no user or password in it' })
  },
  { pattern: '^https?://.', examples: ['https://help.acme.example/'] },
)
