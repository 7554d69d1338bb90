import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { connectTo, introduced } from './client.ts'
import { MAIL, openDoor } from './fixture.ts'
import { memoryIntake } from './memory-intake.ts'

const BEGIN = ['MAIL FROM:<a@customer.example>', 'RCPT TO:<support@acme.example>', 'DATA']

describe('a stop', () => {
  test('finishes the message on its way, drops idle sessions and turns new ones away', async () => {
    // A path of our own: a port that was let go may be another program's in the same instant.
    const path = join(await mkdtemp(join(tmpdir(), 'replyd-stop-')), 'smtp.sock')
    const { listener, intake, accepted } = await openDoor({ listen: { kind: 'unix', path } })
    const [sending, idle] = await Promise.all([introduced(listener.address), introduced(listener.address)])
    await sending.pipeline(BEGIN)
    sending.write(MAIL)
    listener.refuse()
    expect(await idle.reply()).toMatch(/^421 4\.3\.2 /u)
    expect(await idle.reply()).toBe('closed')
    const late = await connectTo(listener.address)
    expect(await late.reply()).toMatch(/^421 4\.3\.2 /u)
    const closed = listener.close(5_000)
    expect(await sending.say('Goodbye\r\n.')).toMatch(/^250 /u)
    expect(await sending.reply()).toMatch(/^421 4\.3\.2 /u)
    await closed
    expect(accepted).toHaveLength(1)
    expect(intake.kept[0]?.text).toContain('Goodbye')
    await expect(connectTo(listener.address)).rejects.toThrow(/ENOENT/u)
  })
  test('waits for a commit under way and answers it', async () => {
    const commit = Promise.withResolvers<void>()
    const { listener, intake } = await openDoor({ intake: memoryIntake({ beforeCommit: () => commit.promise }) })
    const client = await introduced(listener.address)
    await client.pipeline(BEGIN)
    client.write(`${MAIL}.\r\n`)
    await vi.waitFor(() => expect(intake.open()).toBe(0)) // the commit has begun
    const closed = listener.close(5_000)
    commit.resolve()
    expect(await client.reply()).toMatch(/^250 /u)
    await closed
    expect(intake.kept).toHaveLength(1)
  })
  test('cuts off what takes longer than its grace, and nothing is kept of it', async () => {
    const { listener, intake, accepted } = await openDoor()
    const slow = await introduced(listener.address)
    await slow.pipeline(BEGIN)
    slow.write(`${MAIL}and then`)
    await vi.waitFor(() => expect(intake.open()).toBe(1))
    await listener.close(20)
    expect(await slow.reply()).toBe('closed')
    expect(intake.open()).toBe(0)
    expect([...intake.kept, ...accepted]).toEqual([])
    await vi.waitFor(() => expect(listener.sessions()).toBe(0))
  })
  test('may be asked for twice', async () => {
    const { listener } = await openDoor()
    listener.refuse()
    listener.refuse()
    await Promise.all([listener.close(0), listener.close(0)])
  })
})

describe('the address', () => {
  test('that is taken is an error that says what to do', async () => {
    const { listener } = await openDoor()
    const port = Number(listener.address.split(':').at(-1))
    await expect(openDoor({ listen: { kind: 'tcp', host: '127.0.0.1', port } })).rejects.toThrow(
      new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${port}: another program listens there; stop it`, 'u'),
    )
    await listener.close(0)
  })
  test('may be a listening socket that the process was given, as systemd does', async () => {
    const socket = createServer().listen(0, '127.0.0.1')
    await once(socket, 'listening')
    const { port } = socket.address() as AddressInfo
    const { fd } = (socket as unknown as { _handle: { fd: number } })._handle
    const script = fileURLToPath(new URL('given-socket.ts', import.meta.url))
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit', fd] })
    if (child.stdout === null) throw new Error('the child has no standard output')
    try {
      const [said] = (await once(child.stdout, 'data')) as [Buffer]
      expect(String(said)).toBe(`127.0.0.1:${port}`)
      socket.close()
      const client = await introduced(`127.0.0.1:${port}`)
      expect(await client.send(MAIL)).toMatch(/^250 /u)
      client.close()
    } finally {
      child.kill()
      await once(child, 'exit')
    }
  })
})
