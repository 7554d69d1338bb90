/** A real Dovecot of our own with Pigeonhole, in a folder of its own, on a loopback port: LMTP, and users who are away. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, listening } from './ports.ts'

const DOVECOT = '/usr/sbin/dovecot'
const PARTS = [DOVECOT, '/usr/lib/dovecot/lmtp', '/usr/lib/dovecot/modules/lib90_sieve_plugin.so']

/** True where the peer can run; where it must (REPLYD_REQUIRE_PEERS) but cannot, the test fails instead of being skipped. */
export function dovecotIsHere(): boolean {
  const missing = PARTS.filter((one) => !existsSync(one))
  const here = missing.length === 0 && process.getuid?.() === 0
  if (!here && process.env.REPLYD_REQUIRE_PEERS === '1') {
    throw new Error(`root and ${missing.join(', ') || 'nothing else'} are required here`)
  }
  return here
}

export type Dovecot = {
  /** Where it takes mail by LMTP. */
  readonly lmtp: string
  /** The Maildir of one user, by local part. */
  maildir(user: string): string
  /** What it and its scripts have logged. */
  log(): string
  stop(): Promise<void>
}

export type DovecotPlan = {
  /** What a script sends goes to this SMTP port on loopback. */
  readonly submissionPort: number
  /** Sieve scripts of the users of dovecot.example, by local part. */
  readonly scripts: Readonly<Record<string, string>>
}

export async function startDovecot(plan: DovecotPlan): Promise<Dovecot> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'replyd-dovecot-'))
  chmodSync(folder, 0o755)
  for (const name of ['run', 'state', 'home', 'sieve']) mkdirSync(join(folder, name))
  const config = join(folder, 'dovecot.conf')
  writeFileSync(config, configOf(folder, port, plan.submissionPort))
  for (const [user, script] of Object.entries(plan.scripts)) {
    const path = join(folder, 'sieve', `${user}.sieve`)
    writeFileSync(path, script)
    execFileSync('sievec', ['-c', config, path])
  }
  execFileSync('chown', ['-R', 'mail:mail', join(folder, 'home')])
  const child = spawn(DOVECOT, ['-F', '-c', config], { stdio: 'ignore', detached: true })
  await listening(port, 'Dovecot')
  return {
    lmtp: `127.0.0.1:${port}`,
    maildir: (user) => join(folder, 'home', user, 'Maildir'),
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
    stop: async () => {
      await ended(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The whole group, which is this Dovecot's alone: asked kindly, its master waits six seconds for an LMTP server that is idle. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await gone
}

/** Answers are sent by the address that is away, not by the null sender: nothing but the letter itself shows a machine. */
function configOf(folder: string, port: number, submissionPort: number): string {
  return `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = lmtp
ssl = no
auth_mechanisms = plain
mail_location = maildir:~/Maildir
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
first_valid_gid = 1
auth_username_format = %Ln
hostname = mx.dovecot.example
postmaster_address = postmaster@dovecot.example
submission_host = 127.0.0.1:${submissionPort}
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}/home/%Ln allow_all_users=yes
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:${folder}/sieve/%Ln.sieve
  sieve_extensions = +vacation-seconds
  sieve_vacation_min_period = 0
  sieve_vacation_send_from_recipient = yes
}
`
}
