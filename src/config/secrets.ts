import { Buffer } from 'node:buffer'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { Trouble } from '../mail/trouble.ts'
import type { SecretRef } from './config.ts'
import { type Environment, secretPath } from './paths.ts'

/** Longest secret that is read, in octets: an RSA key of 16384 bits in PEM takes 13 KB. */
const MAX_SECRET_OCTETS = 64 * 1024

/**
 * Fetches a secret.
 * @param env the environment: `CREDENTIALS_DIRECTORY` for credentials, `STATE_DIRECTORY` for files under `var/`
 * @param configFile path of the configuration, whose folder files are relative to
 * @returns the secret without the newline that an editor leaves at the end
 * @throws a Trouble that names the place and never the value, where there is none or it is empty
 */
export async function readSecret(ref: SecretRef, env: Environment, configFile: string): Promise<string> {
  const value = await fetched(ref, env, configFile)
  const secret = value.replace(/\r?\n$/u, '')
  if (secret === '') throw trouble(ref, 'it is empty')
  return secret
}

async function fetched(ref: SecretRef, env: Environment, configFile: string): Promise<string> {
  switch (ref.kind) {
    case 'env': {
      const value = env[ref.name]
      if (value === undefined) throw trouble(ref, 'the environment holds no such variable')
      return value
    }
    case 'credential': {
      const folder = env.CREDENTIALS_DIRECTORY
      if (folder === undefined || folder === '') {
        throw trouble(
          ref,
          'CREDENTIALS_DIRECTORY is not set; start replyd by systemd with LoadCredential=, or use {file: PATH}',
        )
      }
      return readFirst(ref, join(folder, ref.name))
    }
    case 'file':
      return readFirst(ref, secretPath(ref.name, { env, configFile, cwd: process.cwd() }))
    default:
      return ref satisfies never
  }
}

async function readFirst(ref: SecretRef, path: string): Promise<string> {
  try {
    await using handle = await open(path, 'r')
    if (!(await handle.stat()).isFile()) throw new Error(`${path} is no file`)
    const buffer = Buffer.alloc(MAX_SECRET_OCTETS + 1)
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
    if (bytesRead > MAX_SECRET_OCTETS) throw new Error(`${path} is larger than ${MAX_SECRET_OCTETS} octets`)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    throw trouble(ref, error)
  }
}

function trouble(ref: SecretRef, why: unknown): Trouble {
  return new Trouble(
    `read the secret {${ref.kind}: ${ref.name}}`,
    'permanent',
    typeof why === 'string' ? new Error(why) : why,
  )
}
