import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import { TOTP } from 'otpauth'
import type { AccountChange, FullProof, Store } from '#db/contract.ts'
import { begin, event, proofOf, signUp, test } from '#db/testing.ts'
import { ring } from '#lib/keys/ring.ts'
import { spendCode } from './codes.ts'
import { newRecoveryCodes } from './recovery-codes.ts'
import { newTotpSecret } from './totp.ts'
import { openSecret, sealSecret } from './totp-secret.ts'

process.env.SESSION_KEYS = 'new:q7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeU,old:Zk5Hn8Dw2Qx7Bv4Mj9Lp3Ry6Tc1Gs0Fa'

const CONTEXT = {
  device: { browser: 'Firefox', os: 'Linux', kind: 'desktop', userAgent: null },
  origin: { ip: null, place: null },
} as const

async function change(store: Store, userId: string, what: AccountChange) {
  const { securityVersion = 1 } = (await store.users.factors(userId)) ?? {}
  const proof = proofOf(await begin(store, userId, { securityVersion })) as unknown as FullProof
  const authority = { by: 'person', proof, digest: randomBytes(32) } as const
  expect(await store.users.change(authority, what, event('totp-added', userId))).toMatchObject({ outcome: 'changed' })
}

/** An app whose codes are at hand. `keys` is the ring under which its secret is sealed. */
async function withApp(store: Store, userId: string, keys = ring()) {
  const secret = newTotpSecret()
  await change(store, userId, {
    kind: 'totp-added',
    secret: sealSecret(secret, userId, keys),
    step: 0,
    endOthers: false,
  })
  const app = new TOTP({ secret })
  return { secret, code: (off = 0) => app.generate({ timestamp: Date.now() + off * 30_000 }) }
}

async function withCodes(store: Store, userId: string) {
  const { codes, digests } = newRecoveryCodes()
  await change(store, userId, { kind: 'recovery-codes-replaced', digests, endOthers: false })
  return codes
}

const attempt = async (store: Store, userId: string, typed: string) =>
  (await spendCode(store, { userId, sessionId: null }, typed, CONTEXT)).outcome

test('a code of the app is right once', { tag: '@v5.0.0-6.5.1' }, async ({ store, alice }) => {
  const app = await withApp(store, alice)
  const code = app.code()
  expect(await spendCode(store, { userId: alice, sessionId: null }, code, CONTEXT)).toEqual({
    outcome: 'right',
    factor: 'totp',
    securityVersion: 2,
  })
  expect(await attempt(store, alice, code)).toBe('wrong')
  expect(await attempt(store, alice, app.code(-1)), 'nor an earlier one').toBe('wrong')
})

test('of fifty who show one code at once, one gets in', { tag: '@v5.0.0-6.5.1' }, async ({ store, alice }) => {
  const app = await withApp(store, alice)
  const [recovery = ''] = await withCodes(store, alice)
  for (const code of [app.code(), recovery]) {
    const all = await Promise.all(Array.from({ length: 50 }, () => attempt(store, alice, code)))
    expect(all.filter((outcome) => outcome === 'right')).toHaveLength(1)
  }
})

test('a recovery code is right once, however typed, and leaves nine', { tag: '@v5.0.0-6.5.1' }, async ({
  store,
  alice,
}) => {
  const codes = await withCodes(store, alice)
  const [first = '', second = ''] = codes
  expect(await spendCode(store, { userId: alice, sessionId: 'mine' }, first.toLowerCase(), CONTEXT)).toMatchObject({
    outcome: 'right',
    factor: 'recovery-code',
  })
  expect(await attempt(store, alice, first)).toBe('wrong')
  expect(await store.users.factors(alice)).toMatchObject({ recoveryCodes: 9 })
  const used = await store.events.list({ userId: alice, kinds: ['recovery-code-used'], before: null, most: 10 })
  expect(used).toEqual([
    expect.objectContaining({ sessionId: 'mine', device: 'Firefox on Linux', detail: { left: '9' } }),
  ])
  expect(await attempt(store, alice, second.replaceAll('-', ' '))).toBe('right')
})

test('a code is nobody else’s, and none is right without an app', async ({ store, alice }) => {
  const app = await withApp(store, alice)
  const [recovery = ''] = await withCodes(store, alice)
  const bob = await signUp(store)
  for (const code of [app.code(), recovery, '000000', '', 'x']) expect(await attempt(store, bob, code)).toBe('wrong')
  expect(await attempt(store, 'nobody', app.code())).toBe('wrong')
  expect(await attempt(store, alice, recovery)).toBe('right')
})

test('a secret under an older key is under the present one after its use', async ({ store, alice }) => {
  const { keys } = ring()
  const old = keys.find(({ id }) => id === 'old')
  if (!old) throw new Error('no older key')
  const app = await withApp(store, alice, { keys, retired: [], sealing: old, version: 1 })
  expect((await store.users.factors(alice))?.totp?.secret).toMatch(/^totp\.1:old:/)
  expect(await attempt(store, alice, 'wrong')).toBe('wrong')
  expect((await store.users.factors(alice))?.totp?.secret, 'not by a wrong one').toMatch(/^totp\.1:old:/)
  expect(await attempt(store, alice, app.code())).toBe('right')
  const stored = (await store.users.factors(alice))?.totp?.secret ?? ''
  expect(stored).toMatch(/^totp\.1:new:/)
  expect(openSecret(stored, alice)).toEqual({ secret: app.secret, resealed: null })
})

test('after ten wrong codes not even the right one is looked at', { tag: '@v5.0.0-6.6.3' }, async ({
  store,
  alice,
}) => {
  const app = await withApp(store, alice)
  const all = await Promise.all(Array.from({ length: 30 }, () => attempt(store, alice, 'no code')))
  expect(all.filter((outcome) => outcome === 'wrong')).toHaveLength(10)
  const code = app.code()
  expect(await spendCode(store, { userId: alice, sessionId: null }, code, CONTEXT)).toEqual({
    outcome: 'throttled',
    retryAfter: expect.any(Number),
    lasting: false,
  })
})
