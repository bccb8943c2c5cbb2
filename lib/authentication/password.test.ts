import { hash } from '@node-rs/argon2'
import { expect, test } from '@playwright/test'
import { THREADS, WAITING } from '#lib/authentication/hashing-threads.ts'
import { hashPassword, needsRehash, PARAMETERS, verifyPassword } from '#lib/authentication/password.ts'

const PASSWORD = 'Fjord-Kaleidoskop 7 é'

test('a hash says how it was made, opens to its password, and to no other', async () => {
  const stored = await hashPassword(PASSWORD)
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await verifyPassword(stored, PASSWORD)).toEqual({ right: true, rehash: false })
  for (const wrong of ['', `${PASSWORD} `, PASSWORD.toLowerCase(), PASSWORD.slice(0, -1), stored]) {
    expect(await verifyPassword(stored, wrong)).toEqual({ right: false, rehash: false })
  }
})

test('one password hashed twice gives two hashes', async () => {
  expect(await hashPassword(PASSWORD)).not.toBe(await hashPassword(PASSWORD))
})

test('two ways to write one letter are one password', async () => {
  const stored = await hashPassword('caf\u00e9 au lait, toujours')
  expect(await verifyPassword(stored, 'cafe\u0301 au lait, toujours')).toEqual({ right: true, rehash: false })
})

test('all of a long password counts', async () => {
  const stored = await hashPassword('x'.repeat(256))
  expect(await verifyPassword(stored, `${'x'.repeat(255)}y`)).toEqual({ right: false, rehash: false })
  expect(await verifyPassword(stored, `${'x'.repeat(256)}\0`)).toEqual({ right: false, rehash: false })
})

test('without an account the answer is no, whatever is tried', async () => {
  for (const password of [PASSWORD, '', '\0']) {
    expect(await verifyPassword(null, password)).toEqual({ right: false, rehash: false })
  }
})

test('a hash of other parameters is right and due for a new one', async () => {
  const older = { memoryCost: 8192, timeCost: 1, parallelism: 1 }
  for (const changed of [older, { ...PARAMETERS, timeCost: 3 }, { ...PARAMETERS, outputLen: 16 }, { algorithm: 1 }]) {
    const stored = await hash(PASSWORD, changed)
    expect(needsRehash(stored)).toBe(true)
    expect(await verifyPassword(stored, PASSWORD)).toEqual({ right: true, rehash: true })
    // A wrong password renews nothing.
    expect(await verifyPassword(stored, 'wrong')).toEqual({ right: false, rehash: false })
  }
})

test('a flood is turned away, and what was admitted is answered', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => verifyPassword(null, PASSWORD)))
  expect(answers.filter((answer) => answer === 'busy')).toHaveLength(60 - 2 * THREADS - WAITING)
  expect(await verifyPassword(null, PASSWORD)).toEqual({ right: false, rehash: false })
  const hashes = await Promise.all(Array.from({ length: 60 }, () => hashPassword(PASSWORD)))
  expect(hashes.filter((answer) => answer === 'busy')).toHaveLength(60 - 2 * THREADS - WAITING)
})

test('no account costs as much as a wrong password', async () => {
  const stored = await hashPassword(PASSWORD)
  const cost = async (hashed: string | null) => {
    const began = performance.now()
    for (let i = 0; i < 12; i++) await verifyPassword(hashed, 'a wrong one, but long')
    return performance.now() - began
  }
  await cost(stored)
  const ratio = (await cost(null)) / (await cost(stored))
  expect(ratio).toBeGreaterThan(0.4)
  expect(ratio).toBeLessThan(2.5)
})
