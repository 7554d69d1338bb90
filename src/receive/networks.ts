import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * A set of IP addresses and CIDR networks.
 * @param networks each checked before: `10.0.0.5`, `10.0.0.0/8`, `fd00::/8`
 * @throws RangeError where one of them is neither
 */
export function networkSet(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    if (isIP(address) === 0) throw new RangeError(`found network ${network}, wanted an IP address or a CIDR network`)
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}
