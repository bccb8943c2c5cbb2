import 'server-only'
import { hash } from 'node:crypto'
import { sealData } from 'iron-session'
import { LRUCache } from 'lru-cache'
import { settings } from '#lib/config.ts'
import { type CookieName, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { deriveKey } from '#lib/keys/derive.ts'
import { type Key, ring } from '#lib/keys/ring.ts'
import { openFe26, type Passwords } from './fe26.ts'
import { digestOf } from './token.ts'

/**
 * Seals: iron-session's `sealData`, opened by `fe26.ts`. The only file that turns keys into sealing passwords. A seal
 * never expires by itself; the row decides. What was sealed for one purpose opens for no other: its password is derived
 * for purpose, cookie and origin, and the purpose stands in the payload as well.
 */
const PURPOSE = 'session.1'

export interface SessionSeal {
  /** The session's public id. */
  readonly id: string
  readonly generation: number
  readonly token: Buffer
}

/** What a seal says, with the token reduced to its digest, so that no usable token lies in memory. */
export interface OpenedSeal {
  readonly id: string
  readonly generation: number
  readonly digest: Buffer
  /** Set once this very text was seen to carry the present token: nothing to renew for reads of the API. */
  seenAsPresent: boolean
}

interface Payload {
  p: string
  i: string
  g: number
  t: string
}

export async function sealSession({ id, generation, token }: SessionSeal): Promise<string> {
  const payload: Payload = { p: PURPOSE, i: id, g: generation, t: token.toString('base64url') }
  return seal(PURPOSE, SESSION_COOKIE, payload)
}

/** Values of a half-state, sealed for a cookie. @param purpose with its version, `sign-in.1` */
export function sealFor(purpose: string, name: CookieName, values: Readonly<Record<string, string>>): Promise<string> {
  return seal(purpose, name, { p: purpose, v: values })
}

/** What `sealFor` sealed for this very purpose and cookie, or null for every kind of failure. */
export function openFor(purpose: string, name: CookieName, text: string): Readonly<Record<string, string>> | null {
  const payload = open<{ p: unknown; v: unknown }>(purpose, name, text)
  if (payload?.p !== purpose || typeof payload.v !== 'object' || payload.v === null) return null
  const isText = Object.values(payload.v).every((value) => typeof value === 'string')
  return isText ? (payload.v as Record<string, string>) : null
}

/**
 * Opens a seal, or answers null: for every kind of failure the same, "no session".
 * A text opened before is remembered by its digest. That is sound because opening is a pure function of text
 * and keys; whether the session stands is in the row, which is read at every request.
 */
export function openSession(text: string): OpenedSeal | null {
  const memory = remembered()
  const key = hash('sha256', text, 'base64url')
  return memory.get(key) ?? openAndRemember(text, key, memory)
}

function openAndRemember(text: string, key: string, memory: Memory): OpenedSeal | null {
  const seal = openFully(text)
  if (!seal) return null
  const opened = { id: seal.id, generation: seal.generation, digest: digestOf(seal.token), seenAsPresent: false }
  memory.set(key, opened)
  return opened
}

/** Opens a seal with the token in it: only a renewal needs that. */
export function openFully(text: string): SessionSeal | null {
  const payload = open<Payload>(PURPOSE, SESSION_COOKIE, text)
  return payload && readPayload(payload)
}

function readPayload({ p, i, g, t }: Partial<Payload>): SessionSeal | null {
  if (p !== PURPOSE || typeof i !== 'string' || !Number.isSafeInteger(g) || typeof t !== 'string') return null
  const token = Buffer.from(t, 'base64url')
  return token.length === 32 ? { id: i, generation: g as number, token } : null
}

async function seal(purpose: string, name: CookieName, payload: object): Promise<string> {
  const { sealing } = ring()
  return sealData(payload, { password: { [passwordId(sealing)]: passwordOf(sealing, purpose, name) }, ttl: 0 })
}

function open<T>(purpose: string, name: CookieName, text: string): Partial<T> | null {
  const payload = openFe26(text, passwords(purpose, name))
  return typeof payload === 'object' ? (payload as Partial<T> | null) : null
}

type Memory = LRUCache<string, OpenedSeal>
interface Opener {
  readonly version: number
  readonly keys: readonly Key[]
  readonly memory: Memory
  /** By purpose and cookie. */
  readonly passwords: Map<string, Passwords>
}
/** On `globalThis`: a bundler may instantiate this module more than once in a process. */
const shared = globalThis as { signetOpener?: Opener }
const REMEMBERED_SEALS = 10_000

/** A changed ring drops everything that the old one opened: a retired key stops opening at once. */
function opener(): Opener {
  const { version, keys } = ring()
  if (shared.signetOpener?.version !== version) {
    shared.signetOpener = { version, keys, passwords: new Map(), memory: new LRUCache({ max: REMEMBERED_SEALS }) }
  }
  return shared.signetOpener
}

function remembered(): Memory {
  return opener().memory
}

function passwords(purpose: string, name: CookieName): Passwords {
  const { keys, passwords } = opener()
  const place = `${purpose} ${name}`
  const derived =
    passwords.get(place) ?? new Map(keys.map((key) => [String(passwordId(key)), passwordOf(key, purpose, name)]))
  passwords.set(place, derived)
  return derived
}

/** iron-session wants whole numbers as key ids; ours are words. */
function passwordId(key: Key): number {
  return Number.parseInt(hash('sha256', key.id).slice(0, 7), 16) + 1
}

/** Bound to purpose and version, cookie name and origin. */
function passwordOf(key: Key, purpose: string, name: CookieName): string {
  return deriveKey(key.secret, purpose, name, settings().origin).toString('base64url')
}
