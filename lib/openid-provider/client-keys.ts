import 'server-only'
import { createPublicKey } from 'node:crypto'
import type { ClientKey } from '#db/contract.ts'

/**
 * The public keys by which an application proves itself, as its maker hands them over: a JWK, or a JWK Set. What is kept
 * is what a signature needs and the name of the key; nothing in it is an address that anybody would look up.
 * @see RFC 7517, RFC 8037 §2; ASVS v5.0.0-10.4.16, v5.0.0-11.2.2; docs/decisions/0042
 */

const LONGEST_TEXT = 10_000
/** One that signs, one that will, and one on each of a few machines. */
const MOST_KEYS = 5
const LONGEST_KID = 200

/** RFC 7518 §6 and RFC 8037 §2; `k` is a symmetric key, which is secret as a whole. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'] as const

/** What a key of either kind is good for. The last is the name of the same algorithm in RFC 9864. */
const ALGORITHMS: Readonly<Record<ClientKey['crv'], readonly string[]>> = {
  'P-256': ['ES256'],
  Ed25519: ['EdDSA', 'Ed25519'],
}

const KINDS = 'an EC key on P-256 (ES256) or an OKP key on Ed25519 (EdDSA)'
const SHAPE = 'Write it as JSON: one public JWK, or a JWK Set {"keys": […]}.'

type Parsed = { readonly keys: readonly ClientKey[] } | { readonly problem: string }
type Jwk = Readonly<Record<string, unknown>>

/** @param text as somebody pasted it; empty for none */
export function parseClientKeys(text: string): Parsed {
  if (text.trim() === '') return { keys: [] }
  if (text.length > LONGEST_TEXT) return { problem: `Give at most ${LONGEST_TEXT} characters: public keys are short.` }
  const given = jwksIn(text)
  if (!given) return { problem: SHAPE }
  if (given.length === 0)
    return { problem: 'There is no key in it. Give the public key that the application signs with.' }
  if (given.length > MOST_KEYS)
    return { problem: `Give at most ${MOST_KEYS} keys: take out those that no longer sign.` }
  for (const [index, jwk] of given.entries()) {
    const problem = keyProblem(jwk)
    if (problem) return { problem: given.length > 1 ? `Key ${index + 1}: ${problem}` : problem }
  }
  const keys = given.map(kept)
  return twice(keys) ?? { keys }
}

/** Somebody has pasted what they should keep to themselves: it is not sent back to the page with the refusal. */
export function holdsPrivateKey(text: string): boolean {
  return (jwksIn(text) ?? []).some((jwk) => PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name)))
}

/** Null when it is neither a key nor a set of keys. */
function jwksIn(text: string): readonly Jwk[] | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(json)) return null
  const keys: unknown = Object.hasOwn(json, 'keys') ? json.keys : [json]
  return Array.isArray(keys) && keys.every(isObject) ? keys : null
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keyProblem(jwk: Jwk): string | null {
  const { kty, crv } = jwk
  if (kty === 'oct') return `A symmetric key proves nothing to two sides that both know it. Give ${KINDS}.`
  const secret = PRIVATE_MEMBERS.find((name) => Object.hasOwn(jwk, name))
  if (secret) {
    return `It holds its private part, “${secret}”, which belongs to the application alone. Make a new pair, and give the public key only.`
  }
  if (!(kty === 'EC' && crv === 'P-256') && !(kty === 'OKP' && crv === 'Ed25519'))
    return `Its kind is ${named(kty)} ${named(crv)}. Give ${KINDS}.`
  return purposeProblem(jwk, ALGORITHMS[crv]) ?? nameProblem(jwk) ?? pointProblem(jwk)
}

function purposeProblem({ alg, use, key_ops: operations }: Jwk, algorithms: readonly string[]): string | null {
  if (alg !== undefined && !algorithms.includes(alg as string))
    return `Its “alg” is ${named(alg)}, which this kind of key cannot do here. Write ${algorithms[0]}, or leave it out.`
  if (use !== undefined && use !== 'sig') return `Its “use” is ${named(use)}. Give a key for signatures, “sig”.`
  if (operations !== undefined && !(Array.isArray(operations) && operations.join() === 'verify'))
    return 'Its “key_ops” allow something else than “verify”, or not that. Give a key to verify signatures with.'
  return null
}

function nameProblem({ kid }: Jwk): string | null {
  if (kid === undefined || (typeof kid === 'string' && /^[\x21-\x7e]+$/.test(kid) && kid.length <= LONGEST_KID))
    return null
  return `Its “kid” is no name. Write at most ${LONGEST_KID} letters, digits and signs without a space, or leave it out there and in the proofs.`
}

/** A coordinate has 32 bytes on both curves, in the one spelling that they have; and the point lies on the curve. */
function pointProblem({ kty, crv, x, y }: Jwk): string | null {
  const coordinates = kty === 'EC' ? [x, y] : [x]
  return coordinates.every(isCoordinate) && isPoint({ kty, crv, x, ...(kty === 'EC' && { y }) })
    ? null
    : 'It is damaged: its numbers are no key. Export it once more, and copy it whole.'
}

function isCoordinate(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const bytes = Buffer.from(value, 'base64url')
  return bytes.length === 32 && bytes.toString('base64url') === value
}

function isPoint(key: Jwk): boolean {
  try {
    createPublicKey({ key, format: 'jwk' })
    return true
  } catch {
    return false
  }
}

function kept({ kty, crv, x, y, kid }: Jwk): ClientKey {
  return { kty, crv, x, ...(kty === 'EC' && { y }), ...(kid !== undefined && { kid }) } as ClientKey
}

/** Two keys of one name, or one key twice: nobody could say which is meant. */
function twice(keys: readonly ClientKey[]): { readonly problem: string } | null {
  const kids = keys.flatMap(({ kid }) => kid ?? [])
  const kid = kids.find((each, index) => kids.indexOf(each) !== index)
  if (kid !== undefined) return { problem: `Two keys have the “kid” ${named(kid)}. Give each a name of its own.` }
  return new Set(keys.map(({ x }) => x)).size < keys.length
    ? { problem: 'One key is in it twice. Take one out.' }
    : null
}

function named(value: unknown): string {
  return typeof value === 'string' ? `“${value.slice(0, 40)}”` : 'missing or no text'
}
