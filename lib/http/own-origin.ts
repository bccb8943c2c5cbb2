import { settings } from '#lib/config.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request may change anything: it must come from the app's own pages. `Origin` must equal the configured
 * origin; only where a client sends none may Fetch Metadata speak for it. The `Host` header has no say, so that
 * a forged one moves nothing. `null` and sibling origins are foreign.
 * @see ASVS v5.0.0-3.5.1, NIST SP 800-63B-4 §5.1.1
 */
export function isOwnOrigin(method: string, headers: Headers): boolean {
  if (SAFE.has(method)) return true
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  if (origin === null) return site === 'same-origin'
  return origin === settings().origin && (site === null || site === 'same-origin')
}

export function isSafe(method: string): boolean {
  return SAFE.has(method)
}
