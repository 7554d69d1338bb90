/** Where a listener listens. `fd` is a socket that systemd opened for us and named (socket activation). */
export type ListenTarget =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'fd'; readonly name: string }

/**
 * Reads `127.0.0.1:2525`, `[::1]:25`, `unix:/run/x.sock` or `fd:smtp`.
 * @returns a sentence that says what was wanted, where the text is none of these
 */
export function parseListenTarget(text: string): ListenTarget | string {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length)
    return path.startsWith('/') ? { kind: 'unix', path } : 'a unix socket needs an absolute path, unix:/run/...'
  }
  if (text.startsWith('fd:')) {
    const name = text.slice('fd:'.length)
    return /^[A-Za-z0-9_-]{1,64}$/u.test(name) ? { kind: 'fd', name } : 'fd:NAME, the name of a systemd socket'
  }
  const found = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+|localhost)):(\d{1,5})$/u.exec(text)
  const host = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  if (host === undefined || !isBindable(host) || !(port <= 65_535))
    return 'an address and port such as 127.0.0.1:2525 or [::1]:2525'
  return { kind: 'tcp', host, port }
}

/** `localhost` or an IP address that there can be. */
function isBindable(host: string): boolean {
  if (host.includes(':')) return URL.canParse(`http://[${host}]/`)
  return (
    host === 'localhost' ||
    (/^(?:\d{1,3}\.){3}\d{1,3}$/u.test(host) && host.split('.').every((one) => Number(one) <= 255))
  )
}
