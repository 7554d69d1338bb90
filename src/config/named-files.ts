import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import type { Finding } from './cross/found.ts'
import type { Readable } from './parse-sections.ts'
import { type Environment, inputPath, secretPath } from './paths.ts'
import type { ConfigDocument, Path } from './yaml/document.ts'

type NamedFile = { readonly path: Path; readonly name: string; readonly kind: 'file' | 'folder' }

/** Input files that the configuration names; secrets are left out, because only their reader may see them. */
function namedFiles({ sections }: Readable): readonly NamedFile[] {
  const tls = sections.receive?.smtp?.tls
  return [
    ...(sections.templates === undefined
      ? []
      : [{ path: ['templates'], name: sections.templates, kind: 'folder' as const }]),
    ...(['certificate', 'key'] as const).flatMap((part) =>
      tls === undefined ? [] : [{ path: ['receive', 'smtp', 'tls', part], name: tls[part], kind: 'file' as const }],
    ),
    ...Object.entries(sections.schedules ?? {}).flatMap(([schedule, { calendars }]) =>
      calendars.map((name, at) => ({ path: ['schedules', schedule, 'calendars', at], name, kind: 'file' as const })),
    ),
  ]
}

/** Files that are named and not there: better said now than at the first TLS handshake. */
export async function missingFiles(readable: Readable, configFile: string): Promise<readonly Finding[]> {
  const all = namedFiles(readable).map(async ({ path, name, kind }): Promise<readonly Finding[]> => {
    const full = inputPath(name, configFile)
    const wrong = await wrongWith(full, kind)
    return wrong === undefined
      ? []
      : [{ path, message: `${full} ${wrong}`, hint: 'paths count from the folder of this file' }]
  })
  return (await Promise.all(all)).flat()
}

async function wrongWith(path: string, kind: NamedFile['kind']): Promise<string | undefined> {
  try {
    const found = await stat(path)
    if (kind === 'folder' && !found.isDirectory()) return 'is not a folder'
    if (kind === 'file' && found.isDirectory()) return 'is a folder, wanted a file'
    await access(path, constants.R_OK)
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : 'cannot be read by this user'
  }
}

type Where = { readonly env: Environment; readonly configFile: string; readonly cwd: string }

/** Read by others: the permission bit that a secret's file must not have. */
const OTHERS_MAY_READ = 0o004

/** Secrets whose file everybody on this machine may read. */
export async function exposedSecrets(config: ConfigDocument, where: Where): Promise<readonly Finding[]> {
  const all = secretFiles(config.value, []).map(async ({ path, name }): Promise<readonly Finding[]> => {
    const full = secretPath(name, where)
    const mode = await stat(full).then(
      (found) => found.mode,
      () => 0, // a secret that is missing is reported where it is read
    )
    if ((mode & OTHERS_MAY_READ) === 0) return []
    return [{ path, message: `everybody on this machine may read ${full}`, hint: `chmod 600 ${full}` }]
  })
  return (await Promise.all(all)).flat()
}

const SECRET_KEYS = ['password', 'client_secret', 'refresh_token', 'key', 'token']
const MAX_DEPTH = 12

function secretFiles(value: unknown, path: Path): readonly { path: Path; name: string }[] {
  if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) return []
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const step = Array.isArray(value) ? Number(key) : key
    const isFile = SECRET_KEYS.includes(key) && typeof inner === 'object' && inner !== null && 'file' in inner
    return isFile && typeof inner.file === 'string'
      ? [{ path: [...path, step, 'file'], name: inner.file }]
      : secretFiles(inner, [...path, step])
  })
}
