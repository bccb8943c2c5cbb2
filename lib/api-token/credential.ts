import { readCookie, SESSION_COOKIE } from '#lib/http/cookies.ts'

/** An access token and how it was sent. Pure. RFC 6750 §2.1, RFC 9449 §7.1. */
export interface Credential {
  readonly scheme: 'Bearer' | 'DPoP'
  readonly token: string
}

/** RFC 9110 §11.2: `token68`. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/

/**
 * The token of a request. Null when it has none: other schemes are not ours, and a token in an address or a body is not
 * looked at. `'malformed'` when the header is none that a client could mean, or a session cookie came along: of two
 * credentials neither is chosen (v5.0.0-15.3.7).
 */
export function credentialOf(headers: Headers): Credential | 'malformed' | null {
  const [scheme = '', token = '', ...more] = (headers.get('authorization') ?? '').split(/ +/)
  const known = KNOWN.find((each) => each.toLowerCase() === scheme.toLowerCase())
  if (!known) return null
  if (more.length > 0 || !TOKEN.test(token)) return 'malformed'
  return readCookie(headers.get('cookie'), SESSION_COOKIE) === null ? { scheme: known, token } : 'malformed'
}

const KNOWN = ['Bearer', 'DPoP'] as const
