/** A real Postfix of our own, in a folder of its own, on a loopback port: what it is sent it puts into a Maildir. Needs root. */
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, listening } from './ports.ts'

const POSTFIX = '/usr/sbin/postfix'
/** Rejects with what was printed where the program fails; others go on meanwhile. */
const inTime = promisify(execFile)

/** True where the peer can run; where it must (REPLYD_REQUIRE_PEERS) but cannot, the test fails instead of being skipped. */
export function postfixIsHere(): boolean {
  const here = existsSync(POSTFIX) && process.getuid?.() === 0
  if (!here && process.env.REPLYD_REQUIRE_PEERS === '1') throw new Error(`${POSTFIX} and root are required here`)
  return here
}

export type Postfix = {
  readonly address: string
  readonly port: number
  /** The Maildir of everybody at customer.example. */
  readonly maildir: string
  /** Its log so far. Mail to anybody at gone.example it takes, and returns: there is nobody. */
  log(): string
  stop(): Promise<void>
}

/**
 * @param transports addresses or domains that go to another LMTP or SMTP hop, e.g. `lmtp:inet:127.0.0.1:2524`
 * @param settings lines of main.cf beside the ones that every test wants
 */
export async function startPostfix(
  transports: Readonly<Record<string, string>> = {},
  settings: readonly string[] = [],
): Promise<Postfix> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'replyd-postfix-'))
  chmodSync(folder, 0o755)
  const at = (name: string): string => join(folder, name)
  for (const name of ['etc', 'queue', 'lib', 'mail']) mkdirSync(at(name))
  execFileSync('chown', ['postfix', at('lib')])
  execFileSync('chown', ['nobody', at('mail')])
  writeFileSync(
    at('etc/transport'),
    Object.entries(transports)
      .map(([whom, hop]) => `${whom} ${hop}\n`)
      .join(''),
  )
  writeFileSync(at('etc/mailboxes'), '@customer.example all/\n')
  writeFileSync(at('etc/main.cf'), [mainCf(folder, transports), ...settings, ''].join('\n'))
  writeFileSync(at('etc/master.cf'), masterCf(port))
  const run = async (verb: string): Promise<unknown> => inTime(POSTFIX, ['-c', at('etc'), verb])
  await run('start')
  await listening(port, 'Postfix')
  return {
    address: `127.0.0.1:${port}`,
    port,
    maildir: at('mail/all'),
    log: () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : ''),
    stop: async () => {
      await run('stop')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function mainCf(folder: string, transports: Readonly<Record<string, string>>): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/lib
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.customer.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
biff = no
smtp_dns_support_level = disabled
smtp_host_lookup = native
transport_maps = texthash:${folder}/etc/transport
relay_domains = ${Object.keys(transports)
    .map((whom) => whom.replace(/^.*@/u, ''))
    .join(' ')}
virtual_mailbox_domains = customer.example gone.example
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = texthash:${folder}/etc/mailboxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1
local_recipient_maps =
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
`
}

function masterCf(port: number): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
}
