/**
 * Where providers tell that they have signed somebody out. The one address here to which another machine posts: it is
 * exempt from the own-origin rule, and its token is its proof (`logout-token.ts`). Pure.
 */
const RECEIVER = /^\/api\/federation\/[a-z0-9-]{1,32}\/backchannel-logout$/

/** Where a browser is on its way to a provider, or back: an answer is read by a person. Pure. */
const VISIT = /^\/api\/federation\/[a-z0-9-]{1,32}\/(?:start|callback|continue|sign-out)$/

export function isVisit(path: string): boolean {
  return VISIT.test(path)
}

export function isLogoutReceiver(path: string): boolean {
  return RECEIVER.test(path)
}
