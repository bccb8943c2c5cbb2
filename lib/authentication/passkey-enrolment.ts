import 'server-only'
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { COSEALG } from '@simplewebauthn/server/helpers'
import type { Device, NewPasskey, User } from '#db/contract.ts'
import { randomId } from '#lib/random.ts'
import { type Asking, CHALLENGE_LIFETIME, newChallenge, takeChallenge } from './challenges.ts'
import { parseRegistration, type RegistrationAnswer } from './passkey-answer.ts'
import { passkeyName } from './passkey-name.ts'
import { descriptor, type PasskeyStore, relyingParty } from './passkeys.ts'

/**
 * Making a passkey for an account. Discoverable, so that it signs in without an address; with user verification; and
 * without attestation: who made the authenticator is nobody's business here, and a list of those allowed would be ours to
 * keep. @see WebAuthn Level 3 §7.1; docs/decisions/0025
 */
const RP_NAME = 'Signet'

/** In order of preference; the last is for Windows Hello on older machines. */
const ALGORITHMS = [COSEALG.ES256, COSEALG.EdDSA, COSEALG.RS256]

type Enrolling = Pick<Asking, 'sessionId' | 'secret' | 'proof'>

/** What the browser asks an authenticator to make. Authenticators that have one for the account already say so. */
export async function registrationOptions(
  { users, pending }: PasskeyStore,
  account: Pick<User, 'id' | 'name' | 'email'>,
  enrolling: Enrolling,
): Promise<PublicKeyCredentialCreationOptionsJSON | null> {
  const factors = await users.factors(account.id)
  if (!factors) return null
  const challenge = await newChallenge(pending, askingFor(account.id, enrolling), factors.securityVersion)
  if (!challenge) return null
  return generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: relyingParty().id,
    // Random, and says nothing of the person.
    userID: new Uint8Array(Buffer.from(account.id, 'base64url')),
    userName: account.email,
    userDisplayName: account.name,
    challenge: new Uint8Array(challenge),
    timeout: CHALLENGE_LIFETIME * 1000,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: factors.passkeys.map(descriptor),
  })
}

/**
 * Checks what an authenticator has made, and uses the challenge up. What comes out is for `users.change`. `refused` tells
 * the person to try again and nothing else; `known` that this passkey has an account already.
 */
export async function verifyRegistration(
  { users, pending }: PasskeyStore,
  userId: string,
  enrolling: Enrolling,
  answer: unknown,
  device: Pick<Device, 'browser' | 'os'>,
): Promise<NewPasskey | 'refused' | 'known'> {
  const parsed = parseRegistration(answer)
  const taken = parsed && (await takeChallenge(pending, askingFor(userId, enrolling), parsed.challenge))
  const factors = taken && (await users.factors(userId))
  if (!taken || !factors || taken.securityVersion !== factors.securityVersion) return 'refused'
  const made = await checked(parsed)
  if (!made) return 'refused'
  if (await users.passkey(made.credentialId)) return 'known'
  const names = factors.passkeys.map(({ name }) => name)
  return { ...made, id: randomId(), name: passkeyName(made, device, names) }
}

function askingFor(userId: string, enrolling: Enrolling): Asking {
  return { purpose: 'enrol', userId, ...enrolling }
}

async function checked({ challenge, ...answer }: RegistrationAnswer): Promise<Omit<NewPasskey, 'id' | 'name'> | null> {
  const { id, origin } = relyingParty()
  const { transports, ...response } = answer.response
  const verified = await verifyRegistrationResponse({
    response: { ...answer, response },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => null)
  if (!verified?.verified) return null
  const { credential, aaguid, credentialDeviceType, credentialBackedUp } = verified.registrationInfo
  // What the answer calls itself must be what the authenticator signed for.
  if (credential.id !== answer.id) return null
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    backupEligible: credentialDeviceType === 'multiDevice',
    backedUp: credentialBackedUp,
    transports: TRANSPORTS.filter((way) => transports?.includes(way)).join(' '),
    aaguid,
  }
}

/** The ways to an authenticator that browsers know; anything else that is sent is dropped. */
const TRANSPORTS = ['internal', 'hybrid', 'usb', 'nfc', 'ble', 'smart-card']
