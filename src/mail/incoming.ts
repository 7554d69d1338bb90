import type { Envelope } from './envelope.ts'
import type { IncomingId } from './ids.ts'
import type { Instant } from './instant.ts'

export type Source = 'smtp' | 'lmtp' | 'stdin' | 'imap' | 'file'

/** Who handed the message to us, as far as the protocol tells. */
export type Peer = {
  /** Textual IP address of the client (after PROXY), or undefined for stdin, files and unix sockets. */
  readonly ip: string | undefined
  /** What it said in HELO, EHLO or LHLO; never trusted. */
  readonly helo: string | undefined
  /** TLS protocol and cipher, e.g. `TLSv1.3 TLS_AES_256_GCM_SHA384`, or undefined in the clear. */
  readonly tls: string | undefined
}

/** An accepted message: from its commit on it is ours. Its octets are fetched from the ledger by id. */
export type Incoming = {
  readonly id: IncomingId
  readonly source: Source
  readonly envelope: Envelope
  readonly peer: Peer
  readonly receivedAt: Instant
  /** Length of the stored message in octets, our trace field included. */
  readonly octets: number
  /** SHA-256 in hex of the octets after the header section, as received: tells a redelivered copy from another mail. */
  readonly bodyDigest: string
}

/** What a receiver hands to the ledger together with the octets, before there is an Incoming. */
export type Arrival = Omit<Incoming, 'octets' | 'bodyDigest'>
