import 'server-only'
import ipaddr from 'ipaddr.js'
import type { Settings } from '#lib/config.ts'
import { type Address, parseAddress } from '#lib/device/address.ts'

/**
 * Where a request came from: the socket's address, unless proxies are trusted by setting.
 *
 * Each proxy appends the address of its own peer to `X-Forwarded-For`, so only entries that trusted proxies wrote may
 * be believed: they stand at the right end, and whatever a client sent stands to their left. Counting from the left,
 * `X-Real-IP` and `Forwarded` are never looked at. Where the chain is broken or too short, the last entry that could
 * be believed counts.
 *
 * @returns the address in its one form (no port, no brackets, IPv4-mapped as IPv4), or null when there is none
 * @see ASVS v5.0.0-4.1.3, v5.0.0-15.3.4
 */
export function clientAddress(
  socketAddress: string | null,
  headers: Headers,
  trusted: Settings['trustedProxies'],
): string | null {
  const socket = socketAddress ? parseAddress(socketAddress) : null
  if (trusted === null) return text(socket)
  // Nearest first.
  const forwarded = (headers.get('x-forwarded-for') ?? '').split(',').reverse()
  return text('hops' in trusted ? byHops(socket, forwarded, trusted.hops) : byAddress(socket, forwarded, trusted))
}

function text(address: Address | null): string | null {
  return address?.toString() ?? null
}

/** `hops` proxies stand in front, whatever their addresses: the client is the entry that the farthest wrote. */
function byHops(socket: Address | null, forwarded: readonly string[], hops: number): Address | null {
  let believed = socket
  for (const entry of forwarded.slice(0, hops)) {
    const address = forwardedAddress(entry)
    if (!address) break
    believed = address
  }
  return believed
}

/** The nearest address that is not one of the trusted proxies. */
function byAddress(socket: Address | null, forwarded: readonly string[], trusted: TrustedAddresses): Address | null {
  let believed = socket
  for (const entry of forwarded) {
    if (!believed || !isTrusted(believed, trusted)) return believed
    const address = forwardedAddress(entry)
    if (!address) return believed
    believed = address
  }
  return believed
}

/** An entry as proxies write it: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]`, `[2001:db8::7]:4711`. */
function forwardedAddress(entry: string): Address | null {
  const written = entry.trim()
  const bracketed = /^\[([^\]]{2,64})\](?::\d{1,5})?$/.exec(written)
  if (bracketed?.[1]) return parseAddress(bracketed[1])
  return parseAddress(written) ?? parseAddress(written.replace(/^([\d.]{7,15}):\d{1,5}$/, '$1'))
}

type TrustedAddresses = Extract<Settings['trustedProxies'], { addresses: unknown }>
type Range = readonly [Address, number]

/** Settings are frozen and live as long as the process, so their ranges are parsed once. */
const parsed = new WeakMap<TrustedAddresses, readonly Range[]>()

function isTrusted(address: Address, trusted: TrustedAddresses): boolean {
  const ranges = parsed.get(trusted) ?? trusted.addresses.map(range)
  parsed.set(trusted, ranges)
  return ranges.some(([base, bits]) => address.kind() === base.kind() && address.match(base, bits))
}

function range(written: string): Range {
  if (!written.includes('/')) {
    const address = ipaddr.process(written)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  }
  const [base, bits] = ipaddr.parseCIDR(written)
  // A range of IPv4-mapped addresses means the IPv4 ones: that is how they are compared.
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= 96) return [base.toIPv4Address(), bits - 96]
  return [base, bits]
}
