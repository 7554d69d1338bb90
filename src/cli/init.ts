import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { initialFiles } from '../config/init.ts'
import { parseAddress } from '../mail/address.ts'
import { CommandError, EXIT } from './exit.ts'

export function initCommand(): Command {
  return new Command('init')
    .description('write a commented configuration to start from; never overwrites a file')
    .argument('<dir>', 'folder to write into; made if missing')
    .option('--mailbox <address>', 'the support address', 'support@acme.example')
    .option('--name <name>', 'what the mailbox is called', 'Acme Support')
    .option('--timezone <zone>', 'IANA time zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .addOption(
      new Option('--mode <mode>', 'live sends; shadow decides and records only')
        .choices(['live', 'shadow'])
        .default('live'),
    )
    .action(init)
}

type Options = { mailbox: string; name: string; timezone: string; mode: 'live' | 'shadow' }

async function init(folder: string, options: Options): Promise<void> {
  const mailbox = parseAddress(options.mailbox)
  if (mailbox === undefined)
    throw new CommandError(EXIT.usage, `--mailbox: found ${options.mailbox}, wanted one address`)
  if (!isTimeZone(options.timezone))
    throw new CommandError(
      EXIT.usage,
      `--timezone: found ${options.timezone}, wanted an IANA name such as Europe/Athens`,
    )
  for (const file of initialFiles({ ...options, mailbox })) {
    const path = join(folder, file.path)
    await write(path, file.text).catch((error: unknown) => {
      const why =
        error instanceof Error && 'code' in error && error.code === 'EEXIST'
          ? 'it exists already, and init overwrites nothing'
          : String(error)
      throw new CommandError(EXIT.usage, `cannot write ${path}: ${why}`)
    })
    process.stdout.write(`wrote ${path}\n`)
  }
  process.stdout.write(
    `Next: edit it, then \`replyd check --config ${join(folder, 'replyd.yaml')}\` and \`replyd run --config ...\`\n`,
  )
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

async function write(path: string, text: string): Promise<void> {
  await createFolder(dirname(path))
  await writeFile(path, text, { flag: 'wx', mode: 0o600 })
}

/** Not by `recursive` of Node 24, which tries for ever where a parent can be neither found nor made, as in /proc. */
async function createFolder(folder: string): Promise<void> {
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error
    await createFolder(dirname(folder))
    await mkdir(folder)
  })
}
