/**
 * Where to go after signing in: a path of this origin, or the fallback. What a browser would read as another
 * host (`//`, `/\`, control characters, an encoded slash, `@`) is refused rather than repaired.
 * @see CWE-601, ASVS v5.0.0-3.7.2
 */
export const HOME = '/account/sessions'

const BASE = 'http://own.invalid'
/** Nothing but unreserved path and query characters: no backslash, no `//`, no `@`, no control character. */
const PLAIN = /^\/(?!\/)[\w\-./~!$&'()*+,;=:%?[\]]*$/
const ENCODED_TRICKS = /%(?:2f|5c|0[0-9a-f]|1[0-9a-f]|7f|40)/i

export function returnPath(wanted: string | null | undefined, fallback = HOME): string {
  if (!wanted || wanted.length > 1024 || !PLAIN.test(wanted) || ENCODED_TRICKS.test(wanted)) return fallback
  if (wanted.includes('//') || !URL.canParse(wanted, BASE)) return fallback
  const url = new URL(wanted, BASE)
  if (url.origin !== BASE || leadsBackToSignIn(url.pathname)) return fallback
  return url.pathname + url.search
}

function leadsBackToSignIn(path: string): boolean {
  return path.startsWith('/sign-') || path.startsWith('/api/')
}

const ENROLMENT = '/account/security/enrol'

/** Where a session below level 3 makes its passkey, and then goes on to `path`. */
export function enrolmentPath(path: string | null): string {
  const back = returnPath(path, '')
  return back && !back.startsWith(ENROLMENT) ? `${ENROLMENT}?${new URLSearchParams({ returnTo: back })}` : ENROLMENT
}

/** The sign-in address that leads back to `path`, and says why where the visitor may know. */
export function signInPath(path: string | null, reason?: string): string {
  const query = new URLSearchParams()
  if (reason) query.set('reason', reason)
  const back = returnPath(path, '')
  if (back) query.set('returnTo', back)
  return query.size ? `/sign-in?${query}` : '/sign-in'
}
