/**
 * Where providers tell that they have signed somebody out. The one address here to which another machine posts: it is
 * exempt from the own-origin rule, and its token is its proof (`logout-token.ts`). Pure.
 */
const RECEIVER = /^\/api\/federation\/[a-z0-9-]{1,32}\/backchannel-logout$/

export function isLogoutReceiver(path: string): boolean {
  return RECEIVER.test(path)
}
