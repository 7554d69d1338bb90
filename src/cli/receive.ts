import { Command } from 'commander'
import type { Receipt } from '../admin/control.ts'
import { callControl } from '../admin/control-client.ts'
import { controlSocket } from '../load.ts'
import { type Address, parseAddress, parseReversePath, type ReversePath } from '../mail/address.ts'
import { takeDirectly } from './direct.ts'
import { CommandError, SYSEXITS } from './exit.ts'
import { invocation } from './invocation.ts'
import { configured, loaded } from './loaded.ts'

export function receiveCommand(): Command {
  return new Command('receive')
    .description('take one message from standard input, for a pipe of Postfix or Exim; ends with a sysexits code')
    .option('--mail-from <address>', 'envelope sender; empty or <> for null', '')
    .requiredOption('--rcpt-to <address...>', 'envelope recipient, one or more')
    .action(receive)
}

type Options = { mailFrom: string; rcptTo: readonly string[] }

async function receive(options: Options, command: Command): Promise<void> {
  const at = invocation(command)
  const reversePath = reversePathOf(options.mailFrom)
  const recipients = options.rcptTo.map((text) => recipientOf(text))
  const config = await configured(at, SYSEXITS.tempFail)
  const query = new URLSearchParams([
    ['mail-from', reversePath],
    ...recipients.map((one): [string, string] => ['rcpt-to', one]),
  ])
  const answer = await callControl(controlSocket(config, at.env), {
    method: 'POST',
    path: `/receive?${query.toString()}`,
    body: process.stdin,
  })
  const received =
    answer.kind === 'no-daemon'
      ? await takeDirectly(
          process.stdin,
          { reversePath, recipients },
          { settings: (await loaded(at, { code: SYSEXITS.tempFail })).settings, env: at.env },
        )
      : receiptOf(answer)
  tell(received)
}

/**
 * What the daemon said, if it is one of the three things it may say. Anything else must not pass for "accepted": the MTA
 * would forget the mail.
 */
function receiptOf({ status, text }: { status: number; text: string }): Receipt {
  try {
    const receipt = JSON.parse(text) as Partial<Receipt> | null
    const { kind } = receipt ?? {}
    if (kind === 'accepted' || kind === 'refused' || kind === 'trouble') return receipt as Receipt
  } catch {
    // no JSON: an answer of the HTTP server itself
  }
  return { kind: 'trouble', text: `the daemon answered ${status} and no receipt` }
}

function tell(received: Receipt): void {
  switch (received.kind) {
    case 'accepted':
      process.stdout.write(`accepted as ${received.id}\n`)
      process.exitCode = SYSEXITS.ok
      return
    case 'refused':
      process.stderr.write(`replyd: ${received.text}\n`)
      process.exitCode = received.why === 'unknown-recipient' ? SYSEXITS.noUser : SYSEXITS.dataError
      return
    case 'trouble':
      process.stderr.write(`replyd: ${received.text}; try again later\n`)
      process.exitCode = SYSEXITS.tempFail
      return
    default:
      received satisfies never
  }
}

function reversePathOf(text: string): ReversePath {
  const reversePath = parseReversePath(text)
  if (reversePath !== undefined) return reversePath
  throw new CommandError(
    SYSEXITS.usage,
    `--mail-from: found ${JSON.stringify(text)}, wanted one address, or nothing for the null sender`,
  )
}

function recipientOf(text: string): Address {
  const address = parseAddress(text.replace(/^<(.*)>$/u, '$1'))
  if (address === undefined)
    throw new CommandError(SYSEXITS.usage, `--rcpt-to: found ${text}, wanted one address such as support@acme.example`)
  return address
}
