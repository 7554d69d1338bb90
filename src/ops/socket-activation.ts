/** sd_listen_fds(3): the first file descriptor that is passed. */
const FIRST_FD = 3
/** More than any unit of ours has; the number comes from the environment. */
const MAX_FDS = 64

/**
 * The listening sockets that systemd opened for us (sd_listen_fds(3)), by the name that their unit gives them
 * (`FileDescriptorName=`). A second socket of the same name is `NAME-2`, and so on. Changes nothing in the environment.
 * @param env where $LISTEN_FDS, $LISTEN_PID and $LISTEN_FDNAMES are looked for
 * @param pid of this process: sockets meant for another one are not ours
 * @returns file descriptor numbers; empty where nothing was passed or the variables make no sense
 */
export function activatedSockets(env: NodeJS.ProcessEnv, pid: number): ReadonlyMap<string, number> {
  const sockets = new Map<string, number>()
  if (env.LISTEN_PID !== String(pid)) return sockets
  const count = Number(env.LISTEN_FDS)
  if (!Number.isInteger(count) || count < 1 || count > MAX_FDS) return sockets
  const names = env.LISTEN_FDNAMES?.split(':') ?? []
  for (let i = 0; i < count; i += 1) {
    const given = names[i] ?? ''
    sockets.set(unused(given === '' ? 'unknown' : given, sockets), FIRST_FD + i)
  }
  return sockets
}

function unused(name: string, sockets: ReadonlyMap<string, number>): string {
  let free = name
  for (let n = 2; sockets.has(free); n += 1) free = `${name}-${n}`
  return free
}
