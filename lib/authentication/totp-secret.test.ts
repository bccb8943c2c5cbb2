import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { KeyRing } from '#lib/keys/ring.ts'
import { openRing } from '#lib/keys/ring.ts'
import { rotate } from '#lib/keys/rotate.ts'
import { randomId } from '#lib/random.ts'
import { newTotpSecret } from './totp.ts'
import { openSecret, sealSecret } from './totp-secret.ts'

const key = (id: string) => ({
  id,
  secret: `${id}-7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeUq`,
  addedAt: null,
  sealsFrom: null,
  retiresAt: null,
})

function ringOf(ids: readonly string[], sealing = ids[0] ?? '', retired: readonly string[] = []): KeyRing {
  return { keys: ids.map(key), sealing: key(sealing), retired: retired.map(key), version: 1 }
}

const [alice, mallory] = [randomId(), randomId()]
const secret = newTotpSecret()

test('a sealed secret opens for its account, and shows nothing of itself', () => {
  const ring = ringOf(['a'])
  const sealed = sealSecret(secret, alice, ring)
  expect(openSecret(sealed, alice, ring)).toEqual({ secret, resealed: null })
  expect(sealed).not.toContain(secret)
  expect(sealSecret(secret, alice, ring)).not.toBe(sealed)
})

test('moved to another account, changed in any byte or cut, it opens nothing', () => {
  const ring = ringOf(['a', 'b'])
  const sealed = sealSecret(secret, alice, ring)
  expect(openSecret(sealed, mallory, ring)).toBeNull()
  expect(openSecret(sealed.replace(':a:', ':b:'), alice, ring), 'under another key’s name').toBeNull()
  const body = sealed.lastIndexOf(':') + 1
  const bytes = Buffer.from(sealed.slice(body), 'base64url')
  for (let i = 0; i < bytes.length; i++) {
    const forged = Buffer.from(bytes)
    forged[i] = (forged[i] ?? 0) ^ 1
    expect(openSecret(sealed.slice(0, body) + forged.toString('base64url'), alice, ring), `byte ${i}`).toBeNull()
  }
  for (const text of [
    '',
    'totp.1',
    'totp.1:a:',
    `${sealed}:`,
    sealed.replace('totp.1', 'totp.2'),
    sealed.slice(0, -4),
    'a:b:c',
  ]) {
    expect(openSecret(text, alice, ring), text).toBeNull()
  }
})

test('each key of the ring opens; what is not under the sealing one is sealed anew', () => {
  const old = sealSecret(secret, alice, ringOf(['a']))
  const opened = openSecret(old, alice, ringOf(['b', 'a']))
  expect(opened?.secret).toBe(secret)
  const ring = ringOf(['b'])
  expect(openSecret(opened?.resealed ?? '', alice, ring)).toEqual({ secret, resealed: null })
  expect(openSecret(old, alice, ring), 'a key that has left the ring').toBeNull()
})

test('a new key that does not seal yet leaves everything as it is', () => {
  const ring = ringOf(['b', 'a'], 'a')
  expect(openSecret(sealSecret(secret, alice, ring), alice, ring)).toEqual({ secret, resealed: null })
})

test('years and many rotations later an app that nobody used meanwhile still opens, and is brought up to date', () => {
  const dir = mkdtempSync(join(tmpdir(), 'signet-totp-'))
  const clock = { at: new Date('2026-01-01T00:00:00Z') }
  const read = openRing({ env: null, file: null, dataDir: dir }, () => clock.at)
  const sealed = sealSecret(secret, alice, read())
  for (let month = 1; month <= 24; month++) {
    rotate(join(dir, 'session-keys.json'), clock.at)
    clock.at = new Date(clock.at.getTime() + 31 * 86_400_000)
    read()
  }
  expect(
    read().keys.map(({ id }) => id),
    'no session of the first key',
  ).not.toContain('k1')
  const opened = openSecret(sealed, alice, read())
  expect(opened?.secret).toBe(secret)
  expect(opened?.resealed).toMatch(new RegExp(`^totp\\.1:${read().sealing.id}:`))
  rmSync(dir, { recursive: true })
})
