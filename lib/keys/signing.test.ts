import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import { createKeyFile } from './file.ts'
import { openRing } from './ring.ts'
import { rotate } from './rotate.ts'
import { openSigningKeys, PUBLISHED_AHEAD, SIGNING_ALGORITHMS, type SigningKeys } from './signing.ts'

const MINUTE = 60
const DAY = 86_400
const ORIGIN = 'https://signet.example.org'
const SECRETS = ['q7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeU', 'Zk5Hn8Dw2Qx7Bv4Mj9Lp3Ry6Tc1Gs0Fa']

class Clock {
  at = new Date('2026-01-01T00:00:00Z')
  readonly read = () => this.at
  forward(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000)
  }
}

const test = base.extend<{ file: string; clock: Clock }>({
  file: async ({ browserName: _ }, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'signet-signing-'))
    const file = join(dir, 'session-keys.json')
    createKeyFile(file, new Date('2026-01-01T00:00:00Z'))
    await use(file)
    rmSync(dir, { recursive: true })
  },
  clock: async ({ browserName: _ }, use) => use(new Clock()),
})

const node = (file: string, clock: Clock) =>
  openSigningKeys(openRing({ env: null, file, dataDir: '/nowhere' }, clock.read), clock.read, ORIGIN)
const fromEnv = (env: string, origin = ORIGIN) => {
  const clock = new Clock()
  return openSigningKeys(openRing({ env, file: null, dataDir: '/nowhere' }, clock.read), clock.read, origin)()
}
const kids = ({ publicJwks }: SigningKeys) => publicJwks.keys.map(({ kid }) => kid)

test('every key of the ring has one of each algorithm, named by its thumbprint', async () => {
  const keys = fromEnv(`b:${SECRETS[0]},a:${SECRETS[1]}`)
  expect(keys.jwks.keys.map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA', 'ES256', 'EdDSA'])
  for (const key of keys.publicJwks.keys) expect(key.kid).toBe(await calculateJwkThumbprint(key))
  expect(new Set(kids(keys)).size).toBe(4)
})

test('what is published is public', () => {
  const keys = fromEnv(`b:${SECRETS[0]}`)
  for (const key of keys.publicJwks.keys) expect(Object.keys(key)).not.toContain('d')
  expect(JSON.stringify(keys.publicJwks)).not.toContain(keys.jwks.keys[0]?.d ?? 'd')
})

for (const alg of SIGNING_ALGORITHMS) {
  test(`what ${alg} signs is verified with what is published`, async () => {
    const keys = fromEnv(`b:${SECRETS[0]}`)
    const { payload } = await jwtVerify(await sign(keys, alg), createLocalJWKSet(published(keys)))
    expect(payload.jti).toBe('1')
  })
}

test('nodes with the same keys sign alike; another origin, or another secret, has other keys', () => {
  const keys = kids(fromEnv(`b:${SECRETS[0]}`))
  expect(kids(fromEnv(`b:${SECRETS[0]}`))).toEqual(keys)
  for (const other of [fromEnv(`b:${SECRETS[0]}`, 'https://other.example.org'), fromEnv(`b:${SECRETS[1]}`)]) {
    expect(kids(other).filter((kid) => keys.includes(kid))).toEqual([])
  }
})

test('a new key is published at once and signs ten minutes after it may seal', { tag: '@v5.0.0-13.3.4' }, ({
  file,
  clock,
}) => {
  const read = node(file, clock)
  const old = read().current('ES256').kid
  rotate(file, clock.at)
  clock.forward(1)
  expect(kids(read())).toHaveLength(4)
  expect(read().current('ES256').kid).toBe(old)
  const { version } = read()
  clock.forward(MINUTE + PUBLISHED_AHEAD - 2)
  expect(read().current('ES256').kid, 'a second too early').toBe(old)
  expect(read().version).toBe(version)
  clock.forward(1)
  expect(read().current('ES256').kid).not.toBe(old)
  expect(read().version, 'whoever has taken a copy learns it').toBe(version + 1)
  expect(read().jwks.keys[0]?.kid, 'the one that signs comes first').toBe(read().current('ES256').kid)
})

test('across a rotation no token is refused, by another node or by who read the set ten minutes ago', {
  tag: ['@v5.0.0-11.2.2', '@v5.0.0-13.3.4'],
}, async ({ file, clock }) => {
  const [one, two] = [node(file, clock), node(file, clock)]
  const first = one().current('ES256').kid
  let copy = published(two())
  let alive: string[] = []
  for (let second = 0; second < 24 * MINUTE; second += 20, clock.forward(20)) {
    if (second === 3 * MINUTE) rotate(file, clock.at)
    if (second % PUBLISHED_AHEAD === 0) copy = published(two())
    alive = [...alive.slice(-15), await sign(one(), 'ES256')]
    for (const token of alive) await jwtVerify(token, createLocalJWKSet(published(two())))
    await jwtVerify(alive.at(-1) ?? '', createLocalJWKSet(copy))
  }
  expect(one().current('ES256').kid).not.toBe(first)
  clock.forward(29 * DAY)
  expect(kids(two()), 'what was signed long ago can still be told from what was not').toContain(first)
  clock.forward(2 * DAY)
  expect(kids(two()), 'and in the end it goes').not.toContain(first)
})

function published({ publicJwks }: SigningKeys) {
  return { keys: publicJwks.keys.map((key) => ({ ...key })) }
}

function sign(keys: SigningKeys, alg: 'ES256' | 'EdDSA'): Promise<string> {
  const { kid, privateKey } = keys.current(alg)
  return new SignJWT({ jti: '1' }).setProtectedHeader({ alg, kid }).sign(privateKey)
}
