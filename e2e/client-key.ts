import { randomBytes } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** A key of an application, and proofs that it has it: RFC 7523. */
export interface ClientKey {
  /** The public half, as it is registered. */
  readonly jwk: JWK
  /** Good for a minute, and once. What is `undefined` in claims or header is left out. */
  readonly assertion: (clientId: string, issuer: string, claims?: Json, header?: Json) => Promise<string>
}

type Json = Readonly<Record<string, unknown>>

/** @param name the `kid`: two keys may have the same one */
export async function clientKey(alg: 'ES256' | 'EdDSA' | 'Ed25519' = 'ES256', name = 'one'): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const jwk = { ...(await exportJWK(publicKey)), kid: name }
  return { jwk, assertion: (...said) => signed(privateKey, { alg, kid: name }, ...said) }
}

function signed(key: CryptoKey, own: Json, clientId: string, issuer: string, claims: Json = {}, header: Json = {}) {
  const all = { ...assertionClaims(clientId, issuer), ...claims }
  return new SignJWT(all).setProtectedHeader({ alg: '', ...own, ...header }).sign(key)
}

/** What a right one says. */
export function assertionClaims(clientId: string, issuer: string) {
  const now = Math.floor(Date.now() / 1000)
  const jti = randomBytes(16).toString('base64url')
  return { iss: clientId, sub: clientId, aud: issuer, jti, iat: now, exp: now + 60 }
}
