import 'server-only'
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers'
import * as z from 'zod'

/** What a browser answers when a passkey is made or used, checked for its form alone. */

const text = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]+$/)

const shared = {
  id: text(1364), // 1023 bytes, the longest credential id that WebAuthn knows
  rawId: text(1364),
  type: z.literal('public-key'),
  clientExtensionResults: z.unknown().transform(() => ({})),
}
const REGISTRATION = z.object({
  ...shared,
  response: z.object({
    clientDataJSON: text(8192),
    attestationObject: text(16_384),
    transports: z.array(z.string()).max(20).optional().catch(undefined),
  }),
})
const AUTHENTICATION = z.object({
  ...shared,
  response: z.object({
    clientDataJSON: text(8192),
    authenticatorData: text(8192),
    signature: text(2048),
    userHandle: text(88).nullish(),
  }),
})

const CLIENT_DATA = z.object({ challenge: z.string(), crossOrigin: z.boolean().optional() })

export type RegistrationAnswer = z.infer<typeof REGISTRATION> & { readonly challenge: string }
export type AuthenticationAnswer = z.infer<typeof AUTHENTICATION> & { readonly challenge: string }

/** Null for what cannot be one. */
export function parseRegistration(answer: unknown): RegistrationAnswer | null {
  const parsed = REGISTRATION.safeParse(answer)
  const challenge = parsed.success ? challengeOf(parsed.data.response.clientDataJSON) : null
  if (!parsed.success || challenge === null) return null
  return isUnattested(parsed.data.response.attestationObject) ? { ...parsed.data, challenge } : null
}

export function parseAuthentication(answer: unknown): AuthenticationAnswer | null {
  const parsed = AUTHENTICATION.safeParse(answer)
  const challenge = parsed.success ? challengeOf(parsed.data.response.clientDataJSON) : null
  return parsed.success && challenge !== null ? { ...parsed.data, challenge } : null
}

/** The challenge that it repeats; null too for an answer from a frame of somebody else's page. */
function challengeOf(clientDataJSON: string): string | null {
  try {
    const parsed = CLIENT_DATA.safeParse(JSON.parse(isoBase64URL.toUTF8String(clientDataJSON)))
    return parsed.success && parsed.data.crossOrigin !== true ? parsed.data.challenge : null
  } catch {
    return null
  }
}

/**
 * No attestation is asked for, and none with certificates is taken: to check one, the library would fetch the list of
 * revocations from wherever the certificate says, which is the sender's choice. Self-attestation has none.
 */
function isUnattested(attestationObject: string): boolean {
  try {
    const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
    const format = decoded.get('fmt')
    return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined)
  } catch {
    return false
  }
}
