import { isIP } from 'node:net'
import { Command } from 'commander'
import { parseAddress } from '../mail/address.ts'
import { instant } from '../mail/instant.ts'
import { CommandError, EXIT } from './exit.ts'
import { invocation } from './invocation.ts'
import { type Explained, openExplainer, type Subject } from './judge.ts'
import { loaded } from './loaded.ts'
import { mailFiles } from './mail-files.ts'
import { authenticationLine, reasonLines } from './messages.ts'
import { table } from './table.ts'

export function explainCommand(): Command {
  return new Command('explain')
    .description('tell what would be decided about stored messages, each by itself, and why; writes and sends nothing')
    .argument('[paths...]', 'message files, folders of them, or - for standard input (the default)')
    .option('--json', 'one JSON object a line for each message')
    .option('--summary', 'only counts by nature, reply and reason')
    .option('--at <instant>', 'when it is received, ISO 8601 (default: now)')
    .option('--mail-from <address>', 'envelope sender; <> for null (default: the Return-Path field, else unknown)')
    .option(
      '--rcpt-to <address>',
      "envelope recipient (default: the message's own first To or Cc stands for the first mailbox)",
    )
    .option('--client-ip <ip>', 'the address that the message came from: SPF, DKIM and DMARC are checked')
    .action(explain)
}

type Options = {
  json?: true
  summary?: true
  at?: string
  mailFrom?: string
  rcptTo?: string
  clientIp?: string
}

/** Messages judged at the same time: keeps the parsers busy without holding many files. */
const AT_ONCE = 8

async function explain(paths: readonly string[], options: Options, command: Command): Promise<void> {
  const given = givenOf(options)
  const files = await mailFiles(paths.length === 0 ? ['-'] : paths)
  const { settings } = await loaded(invocation(command))
  await using explainer = openExplainer(settings, given)
  const counts = new Map<string, number>()
  const ahead: Promise<Explained>[] = []
  const say = async (): Promise<void> => {
    const one = await ahead.shift()
    if (one !== undefined) tell(one, options, counts)
  }
  for await (const file of files) {
    ahead.push(explainer.explain(file))
    if (ahead.length >= AT_ONCE) await say()
  }
  while (ahead.length > 0) await say()
  if (options.summary) process.stdout.write(`${summary(counts)}\n`)
}

function givenOf(options: Options): Subject {
  const at = options.at === undefined ? undefined : Date.parse(options.at)
  if (at !== undefined && Number.isNaN(at)) {
    throw new CommandError(
      EXIT.usage,
      `--at: found ${options.at ?? ''}, wanted an instant such as 2026-12-24T18:00:00Z`,
    )
  }
  const reversePath =
    options.mailFrom === undefined
      ? undefined
      : /^(?:<>|)$/u.test(options.mailFrom)
        ? '<>'
        : addressOf(options.mailFrom, '--mail-from')
  if (options.clientIp !== undefined && isIP(options.clientIp) === 0)
    throw new CommandError(EXIT.usage, `--client-ip: found ${options.clientIp}, wanted an IP address such as 192.0.2.7`)
  return {
    at: at === undefined ? undefined : instant(at),
    reversePath,
    recipient: options.rcptTo === undefined ? undefined : addressOf(options.rcptTo, '--rcpt-to'),
    ip: options.clientIp,
  }
}

function addressOf(text: string, option: string) {
  const address = parseAddress(text.replace(/^<(.*)>$/u, '$1'))
  if (address === undefined)
    throw new CommandError(EXIT.usage, `${option}: found ${text}, wanted one address such as maria@customer.example`)
  return address
}

function tell(one: Explained, options: Options, counts: Map<string, number>): void {
  if (options.summary) count(one, counts)
  else if (options.json) process.stdout.write(`${JSON.stringify(one)}\n`)
  else process.stdout.write(`${story(one)}\n\n`)
}

function count(one: Explained, counts: Map<string, number>): void {
  const add = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
  add('messages')
  add(`nature ${one.nature.kind}`)
  add(`reply ${one.decision.reply}`)
  for (const each of one.decision.reasons) add(`reason ${each.code}`)
}

function summary(counts: Map<string, number>): string {
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, times]) => [key, String(times)])
  return table([['WHAT', 'HOW OFTEN'], ...rows])
}

function story(one: Explained): string {
  const { decision, notice, nature, thread } = one
  const lines = [
    one.file,
    `  from       ${one.message.from || '(nobody usable)'}`,
    `  subject    ${one.message.subject || '(none)'}`,
    `  nature     ${nature.kind}`,
    ...nature.signs.map((sign) => `    sign     ${sign.code} (${sign.class}): ${sign.value}  [${sign.source}]`),
    ...one.message.defects.map((defect) => `    defect   ${defect.code}`),
    ...authenticationLine(one.authentication).map((each) => `  ${each.toLowerCase()}`),
    `  thread     ${thread.kind}${thread.ticket === null ? '' : ` ${thread.ticket}`}`,
    `  decision   ${decision.disposition}, ${decision.reply}`,
    ...decision.reasons.flatMap((each) => reasonLines(each)).map((each) => `    because  ${each}`),
  ]
  if (notice !== null)
    lines.push(
      `  notice     ${notice.kind} to ${notice.to} from <${notice.envelopeFrom}>`,
      `    subject  ${notice.subject}`,
    )
  return lines.join('\n')
}
