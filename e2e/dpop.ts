import { createHash, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** A key of an application, and proofs that it has it: RFC 9449. */
export async function proofKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  return {
    proof: (htm: string, htu: string, token?: string) =>
      new SignJWT({ htm, htu, ...(token && { ath: createHash('sha256').update(token).digest('base64url') }) })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .setJti(randomBytes(16).toString('base64url'))
        .setIssuedAt()
        .sign(privateKey),
  }
}
