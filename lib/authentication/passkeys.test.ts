import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { FullProof, NewPasskey, Store } from '#db/contract.ts'
import { begin, event, proofOf, signUp, test } from '#db/testing.ts'
import { type Act, newChallenge, takeChallenge } from './challenges.ts'
import { type Quirks, SoftwareAuthenticator } from './model/authenticator.ts'
import { registrationOptions, verifyRegistration } from './passkey-enrolment.ts'
import { authenticationOptions, type PasskeyUse, verifyAuthentication } from './passkeys.ts'

const DEVICE = { browser: 'Firefox', os: 'Linux', kind: 'desktop', userAgent: null } as const
const CONTEXT = { device: DEVICE, origin: { ip: null, place: null } }
const [SECRET, OTHER_BROWSER] = [randomBytes(32), randomBytes(32)]
const NOT_SIGNED_IN = { sessionId: null, secret: SECRET }
const SIGN_IN: PasskeyUse = { purpose: 'sign-in', userId: null, ...NOT_SIGNED_IN }

/** Asks for a passkey for Alice and has an authenticator make it. */
async function make(store: Store, userId: string, key: SoftwareAuthenticator, quirks: Quirks = {}) {
  const account = { id: userId, name: 'Alice', email: 'alice@example.org' }
  const options = await registrationOptions(store, account, NOT_SIGNED_IN)
  if (!options) throw new Error('no such account')
  return verifyRegistration(store, userId, NOT_SIGNED_IN, key.create(options, quirks), DEVICE)
}

async function add(store: Store, userId: string, passkey: NewPasskey) {
  const authority = { by: 'person', proof: proofOf(await begin(store, userId)) as unknown as FullProof } as const
  const change = { kind: 'passkey-added', passkey, endOthers: false } as const
  const changed = await store.users.change(
    { ...authority, digest: randomBytes(32) },
    change,
    event('passkey-added', userId),
  )
  expect(changed.outcome).toBe('changed')
}

/** Somebody's new authenticator, already theirs. */
async function owned(store: Store, userId: string, key = new SoftwareAuthenticator()): Promise<SoftwareAuthenticator> {
  const made = await make(store, userId, key)
  if (typeof made === 'string') throw new Error(made)
  await add(store, userId, made)
  return key
}

async function ask(store: Store, use: PasskeyUse) {
  const options = await authenticationOptions(store, use)
  if (!options) throw new Error('no passkey')
  return options
}

async function show(store: Store, key: SoftwareAuthenticator, use: PasskeyUse = SIGN_IN, quirks: Quirks = {}) {
  return verifyAuthentication(store, use, key.get(await ask(store, use), quirks), CONTEXT)
}

const refused = (because: string) => expect.objectContaining({ outcome: 'refused', because })

test('a passkey is asked for that names its account, verifies its user and is not attested', async ({
  store,
  alice,
}) => {
  const key = await owned(store, alice)
  const account = { id: alice, name: 'Alice', email: 'alice@example.org' }
  const options = await registrationOptions(store, account, NOT_SIGNED_IN)
  expect(options).toMatchObject({
    rp: { id: 'localhost', name: 'Signet' },
    user: { id: alice, name: 'alice@example.org', displayName: 'Alice' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    excludeCredentials: [{ id: key.id, type: 'public-key', transports: ['usb'] }],
    timeout: 600_000,
  })
  expect(options?.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-7, -8, -257])
  expect(Buffer.from(options?.challenge ?? '', 'base64url')).toHaveLength(32)
})

for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
  test(`a passkey with ${algorithm} is made and signs in`, async ({ store, alice }) => {
    const key = await owned(store, alice, new SoftwareAuthenticator({ algorithm }))
    const used = await show(store, key)
    expect(used).toMatchObject({ outcome: 'verified', userId: alice, method: 'hwk', securityVersion: 2 })
    expect(await store.users.passkey(key.id)).toMatchObject({ counter: key.counter, backedUp: false })
  })
}

test('a synchronised passkey is recorded as such, and does not count', async ({ store, alice }) => {
  const key = await owned(store, alice, new SoftwareAuthenticator({ synchronised: true }))
  for (let i = 0; i < 3; i++) expect(await show(store, key)).toMatchObject({ outcome: 'verified', method: 'swk' })
  expect(await show(store, key, SIGN_IN, { backedUp: false })).toMatchObject({ outcome: 'verified' })
  expect(await store.users.passkey(key.id)).toMatchObject({ counter: 0, backupEligible: true, backedUp: false })
})

const CERTIFICATES = new Map([['x5c', [new Uint8Array(8), new Uint8Array(8)]]])

const WRONG_MAKINGS: readonly [string, Quirks][] = [
  ['another origin', { origin: 'https://signet.example' }],
  ['another port', { origin: 'http://localhost:3001' }],
  ['another RP ID', { rpId: 'example.org' }],
  ['the answer to a use', { type: 'webauthn.get' }],
  ['a frame of another page', { crossOrigin: true }],
  ['no user verification', { userVerified: false }],
  ['nobody present', { userPresent: false }],
  ['a challenge of its own', { challenge: randomBytes(32).toString('base64url') }],
  ['an empty challenge', { challenge: '' }],
  ['backed up without being able to', { backupEligible: false, backedUp: true }],
  ['an attestation with certificates', { format: 'packed', statement: CERTIFICATES }],
  // The library would take the last certificate for a root, and fetch from wherever the first one says.
  ['an attestation that brings its own root', { format: 'android-key', statement: CERTIFICATES }],
  ['an attestation nobody knows', { format: 'x'.repeat(100) }],
]
for (const [what, quirks] of WRONG_MAKINGS) {
  test(`no passkey is made with ${what}`, async ({ store, alice }) => {
    expect(await make(store, alice, new SoftwareAuthenticator(), quirks)).toBe('refused')
  })
}

test('no passkey is made with an algorithm that was not asked for', async ({ store, alice }) => {
  expect(await make(store, alice, new SoftwareAuthenticator({ algorithm: 'ES384' }))).toBe('refused')
})

test('an answer makes one passkey, for its account, in its browser and session', async ({ store, alice }) => {
  const mallory = await signUp(store)
  const account = { id: alice, name: 'Alice', email: 'alice@example.org' }
  const attempts = [
    [mallory, NOT_SIGNED_IN],
    [alice, { ...NOT_SIGNED_IN, secret: OTHER_BROWSER }],
    [alice, { ...NOT_SIGNED_IN, sessionId: 'another' }],
  ] as const
  for (const [userId, enrolling] of attempts) {
    const options = await registrationOptions(store, account, NOT_SIGNED_IN)
    const answer = new SoftwareAuthenticator().create(options as NonNullable<typeof options>)
    expect(await verifyRegistration(store, userId, enrolling, answer, DEVICE)).toBe('refused')
  }
  const options = await registrationOptions(store, account, NOT_SIGNED_IN)
  const answer = new SoftwareAuthenticator().create(options as NonNullable<typeof options>)
  const both = await Promise.all([1, 2].map(() => verifyRegistration(store, alice, NOT_SIGNED_IN, answer, DEVICE)))
  expect(both.filter((one) => one === 'refused')).toHaveLength(1)
})

test('a passkey that somebody has is nobody else’s, whatever an answer calls itself', async ({ store, alice }) => {
  const key = await owned(store, alice)
  const mallory = await signUp(store)
  expect(await make(store, mallory, key)).toBe('known')
  const account = { id: alice, name: 'Alice', email: 'alice@example.org' }
  const options = await registrationOptions(store, account, NOT_SIGNED_IN)
  const answer = new SoftwareAuthenticator().create(options as NonNullable<typeof options>)
  const renamed = { ...answer, id: 'AAAA', rawId: 'AAAA' }
  expect(await verifyRegistration(store, alice, NOT_SIGNED_IN, renamed, DEVICE)).toBe('refused')
})

test('a sign-in asks for any passkey; a second step for the account’s own', async ({ store, alice }) => {
  const key = await owned(store, alice)
  const signIn = await ask(store, SIGN_IN)
  expect(signIn).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
  expect(signIn.allowCredentials).toBeUndefined()
  const factor = await ask(store, { ...SIGN_IN, purpose: 'factor', userId: alice })
  expect(factor.allowCredentials).toEqual([{ id: key.id, type: 'public-key', transports: ['usb'] }])
  const nobody = await signUp(store)
  expect(await authenticationOptions(store, { ...SIGN_IN, purpose: 'factor', userId: nobody })).toBeNull()
})

const WRONG_USES: readonly [string, Quirks, string][] = [
  ['from another origin', { origin: 'https://signet.example' }, 'wrong'],
  ['for another RP ID', { rpId: 'example.org' }, 'wrong'],
  ['that answers a making', { type: 'webauthn.create' }, 'wrong'],
  ['in a frame of another page', { crossOrigin: true }, 'malformed'],
  ['without user verification', { userVerified: false }, 'wrong'],
  ['with nobody present', { userPresent: false }, 'wrong'],
  ['under a challenge of its own', { challenge: randomBytes(32).toString('base64url') }, 'void'],
  ['that may suddenly leave its device', { backupEligible: true }, 'wrong'],
  ['that says it is somebody else’s', { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'unknown'],
  ['that does not say whose it is', { userHandle: null }, 'unknown'],
]
for (const [what, quirks, because] of WRONG_USES) {
  test(`no sign-in with a passkey ${what}`, async ({ store, alice }) => {
    const key = await owned(store, alice)
    expect(await show(store, key, SIGN_IN, quirks)).toEqual(refused(because))
    expect(await show(store, key), 'and nothing has changed').toMatchObject({ outcome: 'verified' })
  })
}

test('each byte of what is signed matters', async ({ store, alice }) => {
  const key = await owned(store, alice)
  for (const part of ['signature', 'authenticatorData', 'clientDataJSON'] as const) {
    for (const at of [0, 0.3, 0.6, 0.99]) {
      const answer = key.get(await ask(store, SIGN_IN))
      const bytes = Buffer.from(answer.response[part], 'base64url')
      const place = Math.floor(bytes.length * at)
      bytes[place] = (bytes[place] ?? 0) ^ 1
      const forged = { ...answer, response: { ...answer.response, [part]: bytes.toString('base64url') } }
      expect(await verifyAuthentication(store, SIGN_IN, forged, CONTEXT), `${part} ${at}`).toMatchObject({
        outcome: 'refused',
      })
    }
  }
})

test('an unknown passkey, and one that was removed, are refused', async ({ store, alice }) => {
  const key = await owned(store, alice)
  expect(await show(store, new SoftwareAuthenticator(), SIGN_IN, { userHandle: alice })).toEqual(refused('unknown'))
  const { id = '' } = (await store.users.passkey(key.id)) ?? {}
  const proof = proofOf(await begin(store, alice, { securityVersion: 2 })) as unknown as FullProof
  const change = { kind: 'passkey-removed', id, keepOne: false, endOthers: false } as const
  await store.users.change({ by: 'person', proof, digest: randomBytes(32) }, change, event('passkey-removed', alice))
  expect(await show(store, key)).toEqual(refused('unknown'))
})

test('of fifty who show one answer at once, one gets in', { tag: '@v5.0.0-6.5.1' }, async ({ store, alice }) => {
  const key = await owned(store, alice)
  const answer = key.get(await ask(store, SIGN_IN))
  const all = await Promise.all(Array.from({ length: 50 }, () => verifyAuthentication(store, SIGN_IN, answer, CONTEXT)))
  expect(all.filter(({ outcome }) => outcome === 'verified')).toHaveLength(1)
})

test('a challenge is for its browser, purpose, account, session and act', { tag: '@v5.0.0-6.6.2' }, async ({
  store,
  alice,
}) => {
  const key = await owned(store, alice)
  const confirm: PasskeyUse = { purpose: 'reauthenticate', userId: alice, sessionId: 'mine', secret: SECRET }
  const factor: PasskeyUse = { ...SIGN_IN, purpose: 'factor', userId: alice }
  const elsewhere: [asked: PasskeyUse, shown: PasskeyUse][] = [
    [SIGN_IN, { ...SIGN_IN, secret: OTHER_BROWSER }],
    [SIGN_IN, factor],
    [factor, SIGN_IN],
    [factor, { ...confirm, sessionId: null }],
    [confirm, factor],
    [confirm, { ...confirm, sessionId: 'another' }],
    [confirm, { ...confirm, act: 'removing a passkey' as Act }],
    [
      { ...confirm, act: 'removing a passkey' as Act },
      { ...confirm, act: 'removing another' as Act },
    ],
    [confirm, { ...confirm, userId: await signUp(store) }],
  ]
  for (const [asked, shown] of elsewhere) {
    const answer = key.get(await ask(store, asked))
    expect(await verifyAuthentication(store, shown, answer, CONTEXT)).toEqual(refused('void'))
    // In another browser nothing was there to be used up.
    const own = await verifyAuthentication(store, asked, answer, CONTEXT)
    expect(own.outcome).toBe(shown.secret === SECRET ? 'refused' : 'verified')
  }
  for (const use of [SIGN_IN, factor, confirm])
    expect(await show(store, key, use)).toMatchObject({ outcome: 'verified' })
})

test('two tabs are two challenges, each good once', async ({ store, alice }) => {
  const key = await owned(store, alice)
  const [first, second] = [await ask(store, SIGN_IN), await ask(store, SIGN_IN)]
  for (const options of [first, second]) {
    expect(await verifyAuthentication(store, SIGN_IN, key.get(options), CONTEXT)).toMatchObject({ outcome: 'verified' })
    expect(await verifyAuthentication(store, SIGN_IN, key.get(options), CONTEXT)).toEqual(refused('void'))
  }
})

test('an authenticator that changes meanwhile voids what was asked of the account', async ({ store, alice }) => {
  const key = await owned(store, alice)
  const factor: PasskeyUse = { ...SIGN_IN, purpose: 'factor', userId: alice }
  const challenge = await newChallenge(store.pending, factor, 1)
  const answer = key.get({ challenge: String(challenge?.toString('base64url')), rpId: 'localhost' })
  expect(await verifyAuthentication(store, factor, answer, CONTEXT)).toEqual(refused('void'))
})

test('a row of a challenge does not tell the challenge, and no other text finds it', async ({ store }) => {
  const challenge = await newChallenge(store.pending, SIGN_IN, 0)
  const text = String(challenge?.toString('base64url'))
  for (const other of [`${text}=`, `${text} `, text.slice(1), `${text.slice(0, -1)}_`, '']) {
    expect(await takeChallenge(store.pending, SIGN_IN, other), other).toBeNull()
  }
  const row = await takeChallenge(store.pending, SIGN_IN, text)
  expect(JSON.stringify(row)).not.toContain(text)
  expect(await takeChallenge(store.pending, SIGN_IN, text)).toBeNull()
})

test('a counter that goes back, or stands still, is refused and noted', async ({ store, alice }) => {
  const key = await owned(store, alice)
  expect(await show(store, key, SIGN_IN, { counter: 50 })).toMatchObject({ outcome: 'verified' })
  for (const counter of [50, 49, 1, 0]) {
    expect(await show(store, key, SIGN_IN, { counter })).toEqual({
      outcome: 'refused',
      because: 'counter',
      userId: alice,
    })
  }
  const noted = await store.events.list({ userId: alice, kinds: ['sign-in-failed'], before: null, most: 10 })
  expect(noted.map(({ detail }) => detail)).toEqual(Array(4).fill({ method: 'hwk', because: 'counter' }))
  expect(await show(store, key, SIGN_IN, { counter: 51 })).toMatchObject({ outcome: 'verified' })
})

test('what is no answer at all is refused, and takes nothing', async ({ store, alice }) => {
  const key = await owned(store, alice)
  const options = await ask(store, SIGN_IN)
  const good = key.get(options)
  const response = (other: object) => ({ ...good, response: { ...good.response, ...other } })
  const wrong: unknown[] = [
    null,
    undefined,
    1,
    '',
    'x',
    [],
    {},
    { ...good, id: 7 },
    { ...good, type: 'password' },
    { ...good, response: null },
    response({ clientDataJSON: 'AAAA' }),
    response({ clientDataJSON: '' }),
    response({ signature: '!' }),
    response({ signature: 'A'.repeat(5000) }),
    response({ authenticatorData: 7 }),
    response({ userHandle: {} }),
    response({ clientDataJSON: Buffer.from('{"challenge":1}').toString('base64url') }),
    response({ clientDataJSON: Buffer.from('null').toString('base64url') }),
    { ...good, id: 'A'.repeat(2000), rawId: 'A'.repeat(2000) },
  ]
  for (const answer of wrong) {
    expect(await verifyAuthentication(store, SIGN_IN, answer, CONTEXT), JSON.stringify(answer)).toEqual(
      refused('malformed'),
    )
    expect(await verifyRegistration(store, alice, NOT_SIGNED_IN, answer, DEVICE)).toBe('refused')
  }
  expect(await verifyAuthentication(store, SIGN_IN, good, CONTEXT)).toMatchObject({ outcome: 'verified' })
})
