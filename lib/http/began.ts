import 'server-only'
import { BROWSER_COOKIE, BROWSER_COOKIE_LIFETIME, type Cookie, cookie, setCookie } from './cookies.ts'
import type { RequestContext } from './request-context.ts'

/** The cookies of an answer that begins a session: the session's, and the browser's where it had none yet. */
export function beganCookies(session: Cookie, context: RequestContext): readonly Cookie[] {
  return context.browserIsNew ? [session, cookie(BROWSER_COOKIE, context.browser, BROWSER_COOKIE_LIFETIME)] : [session]
}

export function beganHeaders(session: Cookie, context: RequestContext): Headers {
  const headers = new Headers()
  for (const each of beganCookies(session, context)) headers.append('set-cookie', setCookie(each))
  return headers
}
