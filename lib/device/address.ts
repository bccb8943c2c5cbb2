/** Network addresses as text. Pure. `null` is an address that nobody told. */
import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * One address in its one form: IPv4 in four decimal parts, IPv6 compressed, an IPv4-mapped one as IPv4, no zone.
 * Null for anything else, such as the octal and short forms that some parsers take for an address.
 */
export function parseAddress(text: string): Address | null {
  // Longest with a zone: 45 characters and an interface name.
  if (text.length > 64) return null
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return null
  const address = ipaddr.IPv6.parse(text)
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  return new ipaddr.IPv6(address.parts)
}

/** The first `bits` bits, the rest zero. */
function network(address: Address, bits: number): Address {
  const bytes = address.toByteArray().map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - i * 8))))
  return ipaddr.fromByteArray(bytes)
}

/**
 * What is enough to recognise a network, and too little to name a line: "203.0.113.x" (/24), "2001:db8:1::x" (/48).
 * @see EDPB and common practice of analytics: the last octet, the last 80 bits
 */
export function shortenAddress(ip: string): string {
  const address = parseAddress(ip)
  if (!address) return 'unknown'
  if (address.kind() === 'ipv4') return address.toString().replace(/\d+$/, 'x')
  return `${network(address, 48).toString()}x`
}

const LOCAL = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat', 'unspecified'])

/** "This machine or local network": addresses that mean nothing outside of it. */
export function isPrivateAddress(ip: string): boolean {
  const address = parseAddress(ip)
  return address !== null && LOCAL.has(address.range())
}

/** One of the addresses that are routed in public. Only those can have a place. */
export function isPublicAddress(ip: string): boolean {
  return parseAddress(ip)?.range() === 'unicast'
}

/**
 * The network whose attempts are counted together: an IPv4 address (households share one), an IPv6 /64 (one
 * household has all of it, so counting single addresses would count nothing).
 */
export function networkOf(ip: string | null): string {
  const address = ip === null ? null : parseAddress(ip)
  if (!address) return 'unknown'
  return address.kind() === 'ipv4' ? address.toString() : `${network(address, 64).toString()}/64`
}
