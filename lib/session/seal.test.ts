import { expect, test } from '@playwright/test'
import { sealData } from 'iron-session'
import { randomId, randomSecret } from '#lib/random.ts'
import { openFully, openSession, sealSession } from './seal.ts'
import { unwrapSuccessor, wrapSuccessor } from './successor.ts'
import { digestOf, newToken } from './token.ts'

process.env.SESSION_KEYS = 'seals:a-key-for-seals-only-0123456789-abcdefghijklm'

async function sealed() {
  const seal = { id: randomId(), generation: 3, token: newToken().token }
  return { ...seal, text: await sealSession(seal) }
}

test('a seal opens to what was sealed, with the token reduced to its digest', async () => {
  const { id, generation, token, text } = await sealed()
  expect(openSession(text)).toEqual({ id, generation, digest: digestOf(token), seenAsPresent: false })
  expect(openFully(text)).toEqual({ id, generation, token })
})

test('a text seen before is opened from memory, to the very same object', async () => {
  const { text } = await sealed()
  const first = openSession(text)
  expect(openSession(text)).toBe(first)
})

test('each byte of a seal matters: changed, it is no session', async () => {
  const { text } = await sealed()
  for (let place = 0; place < text.length; place++) {
    const other = text[place] === 'A' ? 'B' : 'A'
    const forged = text.slice(0, place) + other + text.slice(place + 1)
    expect(openSession(forged), `byte ${place}`).toBeNull()
  }
})

test('one session has one text: variants that iron would open are refused', async () => {
  const { text } = await sealed()
  const variants = [
    text.slice(0, -2),
    `${text}~3`,
    text.replace(/~2$/, '~9'),
    `${text} `,
    ` ${text}`,
    text.replace(/~2$/, '=~2'),
    `"${text}"`,
    text.slice(0, -1),
    `${text}${text}`,
    '',
    'Fe26.2**',
    'Fe26.2*__proto__*a*b*c**d*e~2',
    `Fe26.2*1*${'0'.repeat(64)}*${'A'.repeat(22)}*${'A'.repeat(64)}**${'0'.repeat(64)}*${'A'.repeat(43)}~2`,
  ]
  for (const variant of variants) expect(openSession(variant), variant).toBeNull()
})

test('slack bits of base64url do not make a second text', async () => {
  const { text } = await sealed()
  const mac = text.slice(-45, -2)
  const last = mac.slice(-1)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const twin = alphabet[alphabet.indexOf(last) ^ 1]
  expect(Buffer.from(mac.slice(0, -1) + twin, 'base64url')).toEqual(Buffer.from(mac, 'base64url'))
  expect(openSession(`${text.slice(0, -3)}${twin}~2`)).toBeNull()
})

test('a seal made with the ring’s bare secret, not for this purpose, is none of ours', async () => {
  const payload = { p: 'session.1', i: randomId(), g: 1, t: randomSecret().toString('base64url') }
  for (const password of ['a-key-for-seals-only-0123456789-abcdefghijklm', 'x'.repeat(43)]) {
    expect(openSession(await sealData(payload, { password, ttl: 0 }))).toBeNull()
  }
})

test('two seals of the same session have nothing in common but their form', async () => {
  const seal = { id: randomId(), generation: 1, token: newToken().token }
  const [one, two] = [await sealSession(seal), await sealSession(seal)]
  expect(one).not.toBe(two)
  expect(one).not.toContain(seal.id)
  expect(one.length + '__Host-session'.length).toBeLessThan(4096)
})

test('a wrapped successor opens for the bearer of its predecessor, for this session and generation only', () => {
  const [successor, predecessor, stranger] = [randomSecret(), randomSecret(), randomSecret()]
  const wrapped = wrapSuccessor(successor, predecessor, 'session', 8)
  expect(unwrapSuccessor(wrapped, predecessor, 'session', 8)).toEqual(successor)
  expect(() => unwrapSuccessor(wrapped, stranger, 'session', 8)).toThrow()
  expect(() => unwrapSuccessor(wrapped, predecessor, 'another', 8)).toThrow()
  expect(() => unwrapSuccessor(wrapped, predecessor, 'session', 9)).toThrow()
  wrapped[20] = (wrapped[20] ?? 0) ^ 1
  expect(() => unwrapSuccessor(wrapped, predecessor, 'session', 8)).toThrow()
})

test('ten thousand tokens: no repetition, no pattern in any byte', () => {
  const tokens = Array.from({ length: 10_000 }, () => newToken().token)
  expect(new Set(tokens.map((token) => token.toString('hex'))).size).toBe(tokens.length)
  for (const token of tokens.slice(0, 10)) expect(token).toHaveLength(32)
  // Chi-square over all bytes, 255 degrees of freedom: 5 sigma above the mean is beyond chance.
  expect(chiSquare(tokens)).toBeLessThan(255 + 5 * Math.sqrt(2 * 255))
  expect(chiSquare(tokens.map((token) => token.map((byte) => byte & 0xfe)))).toBeGreaterThan(1000)
})

function chiSquare(tokens: readonly Uint8Array[]): number {
  const counts = new Array<number>(256).fill(0)
  for (const token of tokens) for (const byte of token) counts[byte] = (counts[byte] ?? 0) + 1
  const expected = (tokens.length * 32) / 256
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}
