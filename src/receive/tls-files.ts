import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Instant } from '../mail/instant.ts'
import { Trouble } from '../mail/trouble.ts'

/** Paths of PEM files: the certificate with its chain, leaf first, and its private key. */
export type TlsFiles = { readonly certificate: string; readonly key: string }

export type TlsPair = {
  readonly cert: Buffer
  readonly key: Buffer
  readonly notAfter: Instant
}

// RFC 8996; the library's own floor is TLS 1.0. A client that cannot do 1.2 goes on in the clear, as it would without us.
export const TLS_FLOOR = 'TLSv1.2'

/**
 * Reads certificate and key and makes sure that they can be used together. The end of validity is only reported.
 * @throws Trouble (permanent) that names the file and what is wrong with it
 */
export async function readTlsPair(files: TlsFiles): Promise<TlsPair> {
  const cert = await readPem(files.certificate, 'certificate')
  const key = await readPem(files.key, 'private key')
  const leaf = attempt(`use the certificate in ${files.certificate}`, () => new X509Certificate(cert))
  const secret = attempt(`use the private key in ${files.key}`, () => createPrivateKey(key))
  if (!leaf.checkPrivateKey(secret)) {
    const why = new Error(
      `the key in ${files.key} belongs to another certificate; give the pair that was issued together`,
    )
    throw new Trouble(`use the certificate in ${files.certificate}`, 'permanent', why)
  }
  attempt(`use the certificate in ${files.certificate}`, () => createSecureContext({ cert, key }))
  return { cert, key, notAfter: Date.parse(leaf.validTo) as Instant }
}

async function readPem(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new Trouble(`read the ${what} ${path}`, 'permanent', error)
  }
}

function attempt<T>(doing: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Trouble(doing, 'permanent', error)
  }
}
