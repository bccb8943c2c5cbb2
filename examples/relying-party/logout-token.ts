import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Tokens that have been here, until they have run out: none works twice. */
const seen = new Map<string, number>()

/**
 * What a logout token says, or a throw. Its type keeps ID tokens out, and the lack of a nonce keeps it from being one.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.6
 */
export function logoutTokens(jwksUri: string, expected: { issuer: string; audience: string }) {
  const keys = createRemoteJWKSet(new URL(jwksUri))
  return async (token: string): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(token, keys, {
      ...expected,
      algorithms: ['ES256', 'EdDSA'],
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
    })
    const { events, nonce, sub, sid, jti = '', exp = 0 } = payload
    const event = (events as Record<string, unknown>)[EVENT]
    if (typeof event !== 'object' || event === null) throw new Error('not about a logout')
    if (nonce !== undefined) throw new Error('a nonce makes it something else')
    if (typeof sub !== 'string' && typeof sid !== 'string') throw new Error('about nobody')
    if (seen.has(jti)) throw new Error('shown before')
    for (const [old, until] of seen) if (until * 1000 < Date.now()) seen.delete(old)
    seen.set(jti, exp)
    return payload
  }
}
