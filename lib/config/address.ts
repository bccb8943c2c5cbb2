import 'server-only'
import ipaddr from 'ipaddr.js'
import { WrongValue } from './reader.ts'

/** Whose word about the client's address is believed: the nearest so many proxies, or these addresses. */
export type TrustedProxies = { readonly hops: number } | { readonly addresses: readonly string[] }

/** Whether only this machine can reach the origin. Browsers treat such origins as secure without https. */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || isLoopbackV4(hostname)
}

function isLoopbackV4(hostname: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(hostname) && ipaddr.IPv4.parse(hostname).range() === 'loopback'
}

/** The canonical origin: lower case, no default port, nothing after the host. */
export function parseOrigin(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new WrongValue('is not an origin. Set a scheme and a host, such as https://signet.example.org.')
  }
  if (url.pathname !== '/' || url.search || url.hash) {
    throw new WrongValue(`has something after the host. Set ${url.origin}.`)
  }
  return url.origin
}

export function parseDatabaseUrl(text: string): string {
  if (/^file:./.test(text)) return text
  const url = URL.parse(text)
  if (url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname) return text
  throw new WrongValue(
    'names no database. Set file:PATH for SQLite or postgres://USER:PASSWORD@HOST/NAME for Postgres.',
  )
}

export function parseHost(text: string): string {
  if (ipaddr.isValid(text) || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text)) return text
  throw new WrongValue('is neither an address nor a host name. Set 127.0.0.1, or 0.0.0.0 to listen everywhere.')
}

export function parseTrustedProxies(text: string): TrustedProxies | null {
  if (/^\d+$/.test(text)) return hops(Number(text))
  const addresses = text.split(',').map((part) => part.trim())
  const wrong = addresses.find((address) => !isAddressOrRange(address))
  if (wrong === undefined) return { addresses }
  throw new WrongValue(
    `has ${wrong ? `"${wrong}", which is` : 'an empty part, which is'} neither an address nor a range. ` +
      'Set a number of proxies, or addresses and ranges such as 10.0.0.7,192.168.0.0/16.',
  )
}

function hops(count: number): TrustedProxies | null {
  if (count <= 16) return count === 0 ? null : { hops: count }
  throw new WrongValue('is more proxies than any request passes. Set 16 or less.')
}

function isAddressOrRange(text: string): boolean {
  return text.includes('/')
    ? ipaddr.isValidCIDR(text)
    : ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
