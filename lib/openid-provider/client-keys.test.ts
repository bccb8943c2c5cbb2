import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { parseClientKeys } from './client-keys.ts'

/** RFC 8037, appendix A.2, and RFC 7515, appendix A.3. */
const ED25519 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const P256 = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}

for (const [what, given, kept] of [
  ['a key by itself', P256, [P256]],
  ['a key on the other curve', ED25519, [ED25519]],
  ['a set of both', { keys: [P256, ED25519] }, [P256, ED25519]],
  ['its name', { ...P256, kid: '2026-11' }, [{ ...P256, kid: '2026-11' }]],
  ['what it is good for', { ...P256, alg: 'ES256', use: 'sig', key_ops: ['verify'] }, [P256]],
  ['the name of its algorithm', { ...ED25519, alg: 'EdDSA' }, [ED25519]],
  ['its newer name', { ...ED25519, alg: 'Ed25519' }, [ED25519]],
] as const) {
  test(`${what} is taken`, { tag: '@v5.0.0-10.4.16' }, () => {
    expect(parseClientKeys(`\n ${JSON.stringify(given, null, 2)}\n`)).toEqual({ keys: kept })
  })
}

test('no text is no key', () => {
  for (const text of ['', ' \n']) expect(parseClientKeys(text)).toEqual({ keys: [] })
})

test('what names an address or a certificate is not kept', { tag: '@v5.0.0-10.4.16' }, () => {
  const more = { x5u: 'https://evil.example/', x5c: ['AAAA'], jku: 'https://evil.example/', y: P256.y }
  expect(parseClientKeys(JSON.stringify({ ...ED25519, ...more }))).toEqual({ keys: [ED25519] })
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })
const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' })
const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })
const six = Array.from({ length: 6 }, () => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }))

/** What is wrong, and a piece of the remedy. */
const WRONG: readonly (readonly [what: string, given: unknown, told: RegExp])[] = [
  ['an empty set', { keys: [] }, /Give the public key/],
  ['a list', [P256], /Write it as JSON/],
  ['a number', 7, /Write it as JSON/],
  ['null', null, /Write it as JSON/],
  ['a set of texts', { keys: ['key'] }, /Write it as JSON/],
  ['a set that is none', { keys: P256 }, /Write it as JSON/],
  ['an object of something else', {}, /Give an EC key/],
  ['more than five', { keys: six }, /at most 5 keys/],
  ['a private EC key', { ...P256, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' }, /“d”.*Make a new pair/],
  ['a private Ed25519 key', { ...ED25519, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }, /“d”.*Make a new pair/],
  ['a private part without a value', { ...P256, d: null }, /“d”/],
  ['a private one among others', { keys: [P256, { ...ED25519, d: 'x' }] }, /^Key 2: .*“d”/],
  ['a symmetric key', { kty: 'oct', k: 'AAAA' }, /symmetric key proves nothing.*Give an EC key/],
  ['a key that hides a symmetric one', { ...P256, k: 'AAAA' }, /“k”/],
  ['an RSA key', rsa, /“RSA”.*Give an EC key/],
  ['a private RSA key', { ...rsa, dp: 'AAAA' }, /“dp”/],
  ['P-384', p384, /“P-384”.*Give an EC key/],
  ['secp256k1', { ...P256, crv: 'secp256k1' }, /“secp256k1”/],
  ['Ed448', ed448, /“Ed448”.*Give an EC key/],
  ['a key for encryption', x25519, /“X25519”/],
  ['an unknown kind', { kty: 'AKP', pub: 'AAAA' }, /“AKP”/],
  ['no kind', { crv: 'P-256' }, /missing/],
  ['a curve of another kind', { ...P256, kty: 'OKP' }, /“OKP” “P-256”/],
  ['another algorithm', { ...P256, alg: 'ES384' }, /“ES384”.*Write ES256/],
  ['a symmetric algorithm', { ...P256, alg: 'HS256' }, /Write ES256/],
  ['no algorithm at all', { ...ED25519, alg: 'none' }, /Write EdDSA/],
  ['an algorithm that is no text', { ...ED25519, alg: ['EdDSA'] }, /Write EdDSA/],
  ['the use of encryption', { ...P256, use: 'enc' }, /“sig”/],
  ['operations of a private key', { ...P256, key_ops: ['sign'] }, /“verify”/],
  [
    'two keys of one name',
    {
      keys: [
        { ...P256, kid: 'a' },
        { ...ED25519, kid: 'a' },
      ],
    },
    /“a”.*a name of its own/,
  ],
  [
    'one key twice',
    {
      keys: [
        { ...P256, kid: 'a' },
        { ...P256, kid: 'b' },
      ],
    },
    /twice/,
  ],
  ['an empty name', { ...P256, kid: '' }, /“kid”.*leave it out/],
  ['a name that is a number', { ...P256, kid: 1 }, /“kid”/],
  ['a name with a line break', { ...P256, kid: 'a\nb' }, /“kid”/],
  ['a name without an end', { ...P256, kid: 'a'.repeat(201) }, /“kid”/],
  ['a point beside the curve', { ...P256, y: P256.x }, /damaged.*Export it once more/],
  ['half a point', { ...P256, y: undefined }, /damaged/],
  ['a number cut short', { ...ED25519, x: ED25519.x.slice(0, 40) }, /damaged/],
  ['another spelling', { ...ED25519, x: `${ED25519.x}=` }, /damaged/],
  ['bits that nobody reads', { ...ED25519, x: `${ED25519.x.slice(0, -1)}p` }, /damaged/],
  ['a number that is none', { ...ED25519, x: 11 }, /damaged/],
]

for (const [what, given, told] of WRONG) {
  test(`${what} is refused, with what to do`, { tag: '@v5.0.0-10.4.16' }, () => {
    expect(parseClientKeys(JSON.stringify(given))).toEqual({ problem: expect.stringMatching(told) })
  })
}

test('what is no JSON, or has no end, is refused', { tag: '@v5.0.0-10.4.16' }, () => {
  for (const text of ['-----BEGIN PUBLIC KEY-----', '{"kty":', 'https://evil.example/jwks']) {
    expect(parseClientKeys(text)).toEqual({ problem: expect.stringContaining('Write it as JSON') })
  }
  const long = JSON.stringify({ ...P256, more: 'x'.repeat(10_000) })
  expect(parseClientKeys(long)).toEqual({ problem: expect.stringContaining('at most 10000 characters') })
  expect(parseClientKeys('['.repeat(10_000))).toHaveProperty('problem')
})
