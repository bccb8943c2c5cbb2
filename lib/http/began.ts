import 'server-only'
import { BROWSER_COOKIE, BROWSER_COOKIE_LIFETIME, type Cookie, cookie, setCookie } from './cookies.ts'
import type { RequestContext } from './request-context.ts'

/** The cookies of an answer that begins something: its own, if any, and the browser's where it had none yet. */
export function beganCookies(own: Cookie | null, context: RequestContext): readonly Cookie[] {
  const browser = context.browserIsNew && cookie(BROWSER_COOKIE, context.browser, BROWSER_COOKIE_LIFETIME)
  return [own, browser].filter((each) => each !== null && each !== false)
}

export function beganHeaders(own: Cookie | null, context: RequestContext): Headers {
  return cookieHeaders(beganCookies(own, context))
}

export function cookieHeaders(cookies: readonly Cookie[]): Headers {
  const headers = new Headers()
  for (const each of cookies) headers.append('set-cookie', setCookie(each))
  return headers
}
