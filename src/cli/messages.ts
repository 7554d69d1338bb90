import { Command } from 'commander'
import type { Authentication } from '../mail/authentication.ts'
import type { MessageLine, MessageRecord } from '../mail/ledger-port.ts'
import { NATURES } from '../mail/nature.ts'
import { REASONS, type Reason } from '../mail/reason.ts'
import { CommandError, EXIT } from './exit.ts'
import { invocation } from './invocation.ts'
import { order } from './order.ts'
import { withReads } from './reads.ts'
import { limitOf, shown, table } from './table.ts'

const DEFAULT_LINES = '20'

export function messagesCommand(): Command {
  const command = new Command('messages').description('what came in, what was decided and why')
  command
    .command('list')
    .description('the newest messages, one a line')
    .option('--limit <n>', 'how many', DEFAULT_LINES)
    .option('--before <id>', 'only older than this message')
    .option('--json', 'one JSON object a line')
    .action(list)
  command
    .command('show <id>')
    .description('one message: its nature, the decision with every reason, and what became of its queue entries')
    .option('--json', 'one JSON object')
    .action(show)
  command
    .command('send <id>')
    .description('answer this message by a notice whatever was decided; never twice, never to a machine that says so')
    .option('--notice <kind>', 'which one', 'acknowledgement')
    .option('--json', 'one JSON object')
    .action((message: string, options: { notice: string; json?: true }, self: Command) =>
      order(invocation(self), { kind: 'send', message, notice: options.notice }, options),
    )
  command
    .command('mark <id> <nature>')
    .description(`say what it really is: ${NATURES.join(', ')}`)
    .option('--json', 'one JSON object')
    .action((message: string, nature: string, options: { json?: true }, self: Command) =>
      order(invocation(self), { kind: 'mark', message, nature }, options),
    )
  return command
}

async function list(options: { limit: string; before?: string; json?: true }, command: Command): Promise<void> {
  const limit = limitOf(options.limit)
  const lines = await withReads(invocation(command), (reads) => reads.messages({ limit, before: options.before }))
  if (options.json) for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`)
  else if (lines.length === 0) process.stdout.write('No message so far.\n')
  else process.stdout.write(`${table([HEAD, ...lines.map(cells)])}\n`)
}

const HEAD = ['ID', 'RECEIVED (UTC)', 'FROM', 'NATURE', 'DISPOSITION', 'REPLY', 'TICKET', 'SUBJECT']

function cells(line: MessageLine): readonly string[] {
  const reply = line.reply === 'silence' ? `no: ${line.reasons.join(', ')}` : (line.reply ?? line.state)
  return [
    line.id,
    shown(line.receivedAt),
    line.from ?? '-',
    line.marked === undefined ? (line.nature ?? '-') : `${line.marked} (marked)`,
    line.disposition ?? '-',
    reply,
    line.ticket ?? '-',
    line.subject,
  ]
}

async function show(id: string, options: { json?: true }, command: Command): Promise<void> {
  const record = await withReads(invocation(command), (reads) => reads.message(id))
  if (record === undefined) throw new CommandError(EXIT.no, `no message ${id}; \`replyd messages list\` shows the ids`)
  process.stdout.write(options.json ? `${JSON.stringify(record)}\n` : `${story(record)}\n`)
}

/** The story of one message for a person. */
function story(record: MessageRecord): string {
  const { incoming, line, account } = record
  const lines = [
    `Message     ${incoming.id} (${line.state})`,
    `Received    ${shown(incoming.receivedAt)} UTC by ${incoming.source}${incoming.peer.ip === undefined ? '' : ` from ${incoming.peer.ip}`}, ${incoming.octets} octets`,
    `Envelope    from <${incoming.envelope.reversePath === '<>' ? '' : incoming.envelope.reversePath}> to ${incoming.envelope.recipients.map((one) => `<${one}>`).join(', ')}`,
    `From        ${line.from ?? '-'}`,
    `Subject     ${line.subject}`,
  ]
  if (account === undefined) return [...lines, 'Decision    none yet: it waits to be settled'].join('\n')
  lines.push(
    `Ticket      ${line.ticket ?? '-'}`,
    `Nature      ${account.nature.kind}`,
    ...account.nature.signs.map(
      (sign) => `  sign      ${sign.code} (${sign.class}) in ${sign.where}: ${sign.value}  [${sign.source}]`,
    ),
    ...account.defects.map(
      (defect) => `  defect    ${defect.code}${defect.detail === undefined ? '' : `: ${defect.detail}`}`,
    ),
    ...authenticationLine(account.authentication),
    `Decision    ${account.decision.disposition}`,
  )
  const { reply } = account.decision
  if (reply.kind === 'silence')
    lines.push(
      'Reply       none, because',
      ...reply.because.flatMap((one) => reasonLines(one).map((each) => `  ${each}`)),
    )
  else
    lines.push(
      `Reply       ${reply.notice.kind} (${reply.notice.locale}) to ${reply.notice.to}${reply.kind === 'shadow' ? ', in shadow mode: not sent' : ''}`,
    )
  for (const { at, order: one } of record.orders)
    lines.push(`Order       ${shown(at)} ${one.kind === 'send' ? `send ${one.notice}` : `mark ${one.nature}`}`)
  for (const entry of record.entries) {
    const what =
      entry.cargo.kind === 'notice' ? `notice to ${entry.cargo.notice.to}` : `handed on for ${entry.cargo.mailbox}`
    lines.push(
      `Entry       ${entry.id} ${what}: ${entry.state}${entry.lastOutcome === undefined ? '' : ` (${entry.lastOutcome})`}`,
    )
    for (const attempt of record.attempts.filter((one) => one.entry === entry.id))
      lines.push(`  attempt   ${shown(attempt.at)} ${attempt.outcome}`)
  }
  return lines.join('\n')
}

/** What was found out about the sender; nothing where nobody could look. */
export function authenticationLine({ dmarc, spf, dkim, source, because }: Authentication): readonly string[] {
  if (source === 'none') return []
  const detail = because === undefined ? '' : ` (${because})`
  return [`Sender      dmarc ${dmarc}, spf ${spf}, dkim ${dkim}, ${source}${detail}`]
}

/** One reason for silence and what would change it, a line each. */
export function reasonLines(one: Reason): readonly string[] {
  return [reason(one), `  to change it: ${REASONS[one.code].change}`]
}

/** One reason as a person reads it: code, sentence, what made it apply, where the rule comes from. */
function reason(one: Reason): string {
  const row = REASONS[one.code]
  return `${one.code}: ${row.text}${one.detail === undefined ? '' : ` (${one.detail})`}  [${row.source}]`
}
