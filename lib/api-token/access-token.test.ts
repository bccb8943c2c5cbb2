import { expect, test } from '@playwright/test'
import { SignJWT } from 'jose'
import { openRing } from '#lib/keys/ring.ts'
import { openSigningKeys, type SigningKeys, signingKeys } from '#lib/keys/signing.ts'
import { randomId } from '#lib/random.ts'
import { type AccessToken, apiAudience, isInTime, readAccessToken } from './access-token.ts'

/** What no running server can show: instants to the millisecond, and keys that leave the ring. */
const OLD = 'a:q7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeU'
const NEW = 'b:Zk5Hn8Dw2Qx7Bv4Mj9Lp3Ry6Tc1Gs0Fa'
process.env.SESSION_KEYS = OLD

const ORIGIN = 'http://localhost:3000'
const ISSUED = new Date('2026-01-01T00:00:00Z')

function mint({ kid, privateKey } = signingKeys().current('ES256'), claims = {}): Promise<string> {
  const iat = ISSUED.getTime() / 1000
  const own = { gid: randomId(), client_id: 'app', jti: randomId(), scope: 'sessions:read' }
  return new SignJWT({ ...own, sub: randomId(), iss: ORIGIN, aud: apiAudience(), iat, exp: iat + 300, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid })
    .sign(privateKey)
}

function read(text: string): AccessToken {
  const token = readAccessToken(text)
  if (!token) throw new Error('the token was refused')
  return token
}

const after = (seconds: number) => new Date(ISSUED.getTime() + seconds * 1000)

test('a token is good from a minute before it was issued until a minute after its end', {
  tag: '@v5.0.0-9.2.1',
}, async () => {
  const token = read(await mint())
  for (const [seconds, good] of [
    [-60.001, false],
    [-60, true],
    [0, true],
    [359.999, true],
    [360, false],
  ] as const)
    expect(isInTime(token, after(seconds)), `${seconds} s`).toBe(good)
})

test('one that is not to be used before an instant is not', { tag: '@v5.0.0-9.2.1' }, async () => {
  const token = read(await mint(undefined, { nbf: after(200).getTime() / 1000 }))
  expect(isInTime(token, after(139.999))).toBe(false)
  expect(isInTime(token, after(140))).toBe(true)
})

test('what was read before is remembered, and its instants are looked at all the same', async () => {
  const text = await mint()
  const first = read(text)
  expect(read(text), 'the very same object').toBe(first)
  expect(isInTime(read(text), after(360))).toBe(false)
})

test('a key that has left the ring takes along what it has signed, also what is remembered', {
  tag: ['@v5.0.0-9.1.3', '@v5.0.0-13.3.4'],
}, async () => {
  const text = await mint()
  read(text)
  use(ringOf(`${NEW},${OLD}`))
  expect(readAccessToken(text), 'retiring').not.toBeNull()
  use(ringOf(NEW))
  expect(readAccessToken(text), 'retired').toBeNull()
  use(ringOf(OLD, 'https://staging.example.org'))
  expect(readAccessToken(text), 'the same secret at another origin').toBeNull()
})

function ringOf(env: string, origin = ORIGIN): () => SigningKeys {
  const clock = () => ISSUED
  return openSigningKeys(openRing({ env, file: null, dataDir: '/nowhere' }, clock), clock, origin)
}

function use(keys: () => SigningKeys): void {
  Object.assign(globalThis, { signetSigningKeys: keys })
}

test.afterEach(() => use(ringOf(OLD)))
