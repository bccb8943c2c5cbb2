import 'server-only'
import { SignJWT } from 'jose'
import type { LogoutNotice } from '#db/contract.ts'
import { signingKeys } from '#lib/keys/signing.ts'
import { randomId } from '#lib/random.ts'
import { MINUTE } from '#lib/time.ts'

/** How long a relying party may believe it (policy, table 2a). Seconds. */
const LIFETIME = 2 * MINUTE

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

type Notice = Pick<LogoutNotice, 'clientId' | 'userId' | 'sessionId'>

/**
 * A logout token: this session is over. It names the session and never the person alone, so that it ends nothing of
 * another session. Each attempt makes another, with a time and an identifier of its own: a relying party may refuse an old
 * one. Told late, it also ends what began there meanwhile in the same session, after an unlock or another consent.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.4; RFC 8725 §3.11; ASVS v5.0.0-9.2.2
 */
export function logoutToken({ clientId, userId, sessionId }: Notice, issuer: string, now: Date): Promise<string> {
  const { kid, alg, privateKey } = signingKeys().current('ES256')
  const iat = Math.floor(now.getTime() / 1000)
  return new SignJWT({ sid: sessionId, events: { [EVENT]: {} } })
    .setProtectedHeader({ alg, kid, typ: 'logout+jwt' })
    .setIssuer(issuer)
    .setAudience(clientId)
    .setSubject(userId)
    .setJti(randomId())
    .setIssuedAt(iat)
    .setExpirationTime(iat + LIFETIME)
    .sign(privateKey)
}
