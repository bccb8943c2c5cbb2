import 'server-only'
import { join } from 'node:path'
import { type KeySettings, settings } from '#lib/config.ts'
import { log } from '#lib/log.ts'
import { MINUTE, now, secondsAfter } from '#lib/time.ts'
import { createKeyFile, isOpenToOthers, type Key, keysFromText, readKeyFile, versionOfFile, WrongKeys } from './file.ts'

export type { Key }

/**
 * The keys in force. The first one that may seal already seals; all open.
 * @see ASVS v5.0.0-11.2.2, v5.0.0-13.3.4: keys are replaced without a restart and without ending a session
 */
export interface KeyRing {
  readonly sealing: Key
  readonly keys: readonly Key[]
  /**
   * Keys past their time. They open no session and no half-state; only what is kept for longer than any session
   * (`authentication/totp-secret.ts`) may still be read with them, to be sealed anew.
   */
  readonly retired: readonly Key[]
  /** Grows whenever anything above has changed: what was remembered under an older one is to be forgotten. */
  readonly version: number
}

/** A new key opens for this long before it seals, so that all processes can open what one of them seals. Seconds. */
export const SEALING_DELAY = MINUTE

/** The file is looked at so often. Milliseconds. */
const CHECK_EVERY = 1000

const shared = globalThis as typeof globalThis & { signetRing?: () => KeyRing }

/** The ring of this process; makes its keys on the very first start. Throws `WrongKeys`, but only the first time. */
export function ring(): KeyRing {
  shared.signetRing ??= openRing(settings().keys, now)
  return shared.signetRing()
}

/** The file that holds the ring, or null when it comes from the environment. */
export function keyFileOf({ env, file, dataDir }: KeySettings): string | null {
  return env === null ? (file ?? join(dataDir, 'session-keys.json')) : null
}

/** A ring that follows its source. `clock` is the caller's, so that a test can turn it. */
export function openRing(source: KeySettings, clock: () => Date): () => KeyRing {
  const read = readerOf(source)
  let written = read(undefined, clock())
  let current = inForce(written.keys, clock(), undefined)
  let checkedAt = clock().getTime()

  return () => {
    const at = clock()
    // A clock that was set back must not stop the checks.
    if (Math.abs(at.getTime() - checkedAt) < CHECK_EVERY) return current
    checkedAt = at.getTime()
    written = read(written, at)
    current = inForce(written.keys, at, current)
    return current
  }
}

interface Written {
  readonly fileVersion: string | undefined
  readonly keys: readonly Key[]
}

type Read = (before: Written | undefined, at: Date) => Written

function readerOf(source: KeySettings): Read {
  const path = keyFileOf(source)
  if (path === null)
    return (before) => before ?? { fileVersion: undefined, keys: keysFromText(source.env ?? '', 'SESSION_KEYS') }
  return (before, at) => {
    if (before) return reread(path, before, at)
    if (source.file === null) ownFile(path, at)
    return { fileVersion: versionOfFile(path), keys: readKeyFile(path) }
  }
}

/** v5.0.0-13.3.2: our own file is readable to nobody else, or not used. */
function ownFile(path: string, at: Date): void {
  if (versionOfFile(path) === undefined) createKeyFile(path, at)
  if (!isOpenToOthers(path)) return
  throw new WrongKeys(`The key file ${path} can be read by others. Run: chmod 600 ${path}`)
}

/** A file that has become unusable changes nothing: the keys known so far stay in force, and the log says why. */
function reread(path: string, before: Written, at: Date): Written {
  const fileVersion = versionOfFile(path)
  if (fileVersion === before.fileVersion) return before
  try {
    return { fileVersion, keys: delayed(readKeyFile(path), before.keys, at) }
  } catch (error) {
    if (!(error instanceof WrongKeys)) throw error
    log().error({ reason: error.message }, 'the key file has changed and cannot be used; the keys stay as they were')
    return { ...before, fileVersion }
  }
}

/** A key that turned up while running, without an instant of its own, waits before it seals. */
function delayed(keys: readonly Key[], before: readonly Key[], at: Date): readonly Key[] {
  const known = new Map(before.map((key) => [key.id, key]))
  return keys.map((key) => {
    if (key.sealsFrom) return key
    const sealsFrom = known.has(key.id) ? (known.get(key.id)?.sealsFrom ?? null) : secondsAfter(at, SEALING_DELAY)
    return { ...key, sealsFrom }
  })
}

function inForce(written: readonly Key[], at: Date, before: KeyRing | undefined): KeyRing {
  const open = written.filter((key) => key.retiresAt === null || key.retiresAt > at)
  // All retired, by a clock gone wrong or a forgotten file: the newest serves on rather than nobody.
  const keys = open.length > 0 ? open : written.slice(0, 1)
  const sealing = keys.find((key) => key.sealsFrom === null || key.sealsFrom <= at) ?? keys[0]
  if (!sealing) throw new WrongKeys('The key ring is empty.')
  const retired = written.filter((key) => !keys.includes(key))
  if (before && isSame(before, sealing, keys, retired)) return before
  return Object.freeze({ sealing, keys, retired, version: (before?.version ?? 0) + 1 })
}

function isSame(before: KeyRing, sealing: Key, keys: readonly Key[], retired: readonly Key[]): boolean {
  return areSame([sealing], [before.sealing]) && areSame(keys, before.keys) && areSame(retired, before.retired)
}

export function areSame(some: readonly Key[], others: readonly Key[]): boolean {
  const same = (a: Key, b: Key | undefined) => a.id === b?.id && a.secret === b.secret
  return some.length === others.length && some.every((key, i) => same(key, others[i]))
}
