import type { NextHop } from '../mail/queue.ts'
import type { Settings } from '../settings.ts'

type Addresses = { readonly smtp: string | null; readonly lmtp: string | null; readonly http: string | null }

/** What a person who starts the daemon wants to know: where it listens, where mail goes, and how to send a first one. */
export function greeting(settings: Settings, { smtp, lmtp, http }: Addresses): string {
  const { mailboxes, send } = settings.config
  const [first] = mailboxes
  const doors = [smtp && `SMTP ${smtp}`, lmtp && `LMTP ${lmtp}`, http && `HTTP http://${http}/healthz`]
  const lines = [
    `Taking mail at   ${doors.filter((door) => door !== null).join('   ')}`,
    ...mailboxes.map((one) => `For ${one.address}   handed on to ${placeOf(settings.mailbox(one.address)?.handOn)}`),
    `Replies go to    ${placeOf(settings.way.via)}${send.mode === 'live' ? '' : `   (send.mode: ${send.mode}, nothing is sent)`}`,
  ]
  if (smtp === null) return `${lines.join('\n')}\n`
  const mail = `From: you@example.net\\nTo: ${first.address}\\nSubject: Hello\\n\\nIs anybody there?\\n`
  const curl = `curl --crlf smtp://${smtp} --mail-from you@example.net --mail-rcpt ${first.address} -T -`
  return `${lines.join('\n')}\nA first mail:    printf '${mail}' | ${curl}\n`
}

function placeOf(hop: NextHop | undefined): string {
  if (hop === undefined) return 'nowhere'
  return hop.kind === 'maildir' ? hop.folder : `${hop.kind}://${hop.socket ?? `${hop.host}:${hop.port}`}`
}
