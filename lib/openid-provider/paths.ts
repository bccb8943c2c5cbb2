/**
 * Addresses of the protocol. They are exempt from the own-origin rule and from what is done for pages: an application asks
 * there by itself, or sends a browser here from a site of its own, and each proves who asks in its own way. Pure.
 */
const PROTOCOL = /^\/(?:oauth\/|\.well-known\/(?:openid-configuration|oauth-authorization-server)$)/

export function isProtocol(path: string): boolean {
  return PROTOCOL.test(path)
}
