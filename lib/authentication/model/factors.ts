import type { Factors, Passkey } from '#db/contract.ts'

/** Accounts for tests, by what they can be opened with. */
export function factorsOf(...has: readonly ('password' | 'totp' | 'passkey' | 'codes' | 'identity')[]): Factors {
  return {
    password: has.includes('password'),
    totp: has.includes('totp') ? TOTP : null,
    passkeys: has.includes('passkey') ? [PASSKEY] : [],
    recoveryCodes: has.includes('codes') ? 10 : 0,
    identities: has.includes('identity') ? 1 : 0,
    securityVersion: 1,
  }
}

const CREATED = new Date('2026-01-01T00:00:00Z')
const TOTP = { userId: 'alice', secret: 'sealed', lastStep: 0, createdAt: CREATED, lastUsedAt: null }
const PASSKEY: Passkey = {
  id: 'passkey',
  userId: 'alice',
  credentialId: 'credential',
  publicKey: Buffer.alloc(0),
  counter: 0,
  backupEligible: true,
  backedUp: true,
  transports: 'internal',
  aaguid: '00000000-0000-0000-0000-000000000000',
  name: 'Passkey',
  createdAt: CREATED,
  lastUsedAt: null,
}
