import * as z from 'zod'
import type { LmtpListener, Receive, SmtpListener } from '../config.ts'
import { DEFAULTS } from '../defaults.ts'
import { imapAccount, imapAccountOf } from './imap.ts'
import { atLeastOne } from './leaf.ts'
import { hostname, listenTarget, network, path } from './places.ts'
import { size } from './quantities.ts'

const { smtp, lmtp, trusted_networks, proxy_from } = DEFAULTS.receive

const listen = atLeastOne(listenTarget)
const LISTEN = 'Where it listens: addresses with ports (0: any free one), unix:/PATH or fd:NAME of systemd.'
const messageSize = size({ least: '1kB', most: '1GiB' })
const SIZE = 'Longest message accepted; longer ones are refused with 552.'

const tlsFiles = z.strictObject({
  certificate: path.describe('PEM file with the certificate and its chain.'),
  key: path.describe('PEM file with the private key.'),
})

const smtpListener = z.strictObject({
  listen: listen.prefault([...smtp.listen]).describe(LISTEN),
  hostname: hostname.optional().describe("What we call ourselves; without it, the machine's own name."),
  max_message_size: messageSize.prefault(smtp.max_message_size).describe(SIZE),
  tls: tlsFiles.optional().describe('Offers STARTTLS with this certificate.'),
})

const lmtpListener = z.strictObject({
  listen: listen.prefault([...lmtp.listen]).describe(LISTEN),
  hostname: hostname.optional().describe('What we call ourselves; without it, as for SMTP.'),
  max_message_size: messageSize.prefault(lmtp.max_message_size).describe(SIZE),
})

export const receive = z.strictObject({
  smtp: smtpListener.optional().describe('An SMTP listener; without it, none.'),
  lmtp: lmtpListener.optional().describe('An LMTP listener (Postfix and Dovecot deliver so); without it, none.'),
  trusted_networks: z
    .array(network)
    .prefault([...trusted_networks])
    .describe('Peers whose headers are believed: our own servers. Unix sockets always belong to them.'),
  proxy_from: z
    .array(network)
    .prefault([...proxy_from])
    .describe('Load balancers that speak the PROXY protocol; nobody else may.'),
  imap: z.array(imapAccount).prefault([]).describe('Mailboxes that are watched over IMAP instead.'),
})

/** @param machine the machine's own name, for listeners that have no name of their own */
export function receiveOf(parsed: z.output<typeof receive>, machine: string): Receive {
  const hostnameOfUs = parsed.smtp?.hostname ?? machine
  return {
    smtp: parsed.smtp === undefined ? undefined : smtpOf(parsed.smtp, hostnameOfUs),
    lmtp: parsed.lmtp === undefined ? undefined : lmtpOf(parsed.lmtp, hostnameOfUs),
    trustedNetworks: parsed.trusted_networks,
    proxyFrom: parsed.proxy_from,
    imap: parsed.imap.map(imapAccountOf),
  }
}

function smtpOf(parsed: z.output<typeof smtpListener>, hostnameOfUs: string): SmtpListener {
  return {
    listen: parsed.listen,
    hostname: hostnameOfUs,
    maxMessageOctets: parsed.max_message_size,
    tls: parsed.tls,
  }
}

function lmtpOf(parsed: z.output<typeof lmtpListener>, hostnameOfUs: string): LmtpListener {
  return {
    listen: parsed.listen,
    hostname: parsed.hostname ?? hostnameOfUs,
    maxMessageOctets: parsed.max_message_size,
  }
}
