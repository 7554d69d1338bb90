import type { NextHop } from '../mail/queue.ts'

/** A next hop for people: the beginning of what the configuration says, without recipient. */
export function hopName(hop: NextHop): string {
  if (hop.kind === 'maildir') return `maildir:${hop.folder}`
  if (hop.socket !== undefined) return `${hop.kind}://unix:${hop.socket}`
  const scheme = hop.kind === 'smtp' && hop.tls === 'implicit' ? 'smtps' : hop.kind
  return `${scheme}://${hop.host.includes(':') ? `[${hop.host}]` : hop.host}:${hop.port}`
}
