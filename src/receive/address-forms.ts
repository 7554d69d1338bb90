import { Buffer } from 'node:buffer'
import { domainToASCII, domainToUnicode } from 'node:url'
import { type Address, domainOf, localOf, parseAddress } from '../mail/address.ts'

export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

/** The address with A-labels (RFC 5890 2.3.2.1), where its domain is not ASCII and has such a form. */
export function withAsciiDomain(address: Address): Address | undefined {
  const domain = domainOf(address)
  return isAscii(domain) ? undefined : parseAddress(`${localOf(address)}@${domainToASCII(domain)}`)
}

/** The address with U-labels, where its domain has A-labels that stand for some. */
export function withUnicodeDomain(address: Address): Address | undefined {
  const decoded = domainToUnicode(domainOf(address))
  return isAscii(decoded) ? undefined : parseAddress(`${localOf(address)}@${decoded}`)
}
