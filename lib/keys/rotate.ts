import 'server-only'
import { PRESETS } from '#lib/session/policy.ts'
import { secondsAfter } from '#lib/time.ts'
import { type Key, newKey, readKeyFile, replaceKeyFile } from './file.ts'
import { SEALING_DELAY } from './ring.ts'

/** No session of any level outlives this, so no seal of one is needed for longer. Seconds. */
const LONGEST_LIFETIME = PRESETS[1].ceiling.absoluteLifetime

export interface Rotation {
  readonly added: Key
  /** Keys that open for a while yet. */
  readonly retiring: readonly Key[]
  /** Keys past their time. They stay in the file, for secrets that have not been used since (see `KeyRing`). */
  readonly retired: readonly Key[]
}

/** Puts a new key first. Running processes learn it within a second, without a restart. Throws `WrongKeys`. */
export function rotate(path: string, now: Date): Rotation {
  const rotation = rotated(readKeyFile(path), now)
  replaceKeyFile(path, [rotation.added, ...rotation.retiring, ...rotation.retired])
  return rotation
}

/** Pure but for the new secret. */
export function rotated(keys: readonly Key[], now: Date): Rotation {
  const added = newKey(nextId(keys), now, secondsAfter(now, SEALING_DELAY))
  const retiresAt = secondsAfter(now, SEALING_DELAY + LONGEST_LIFETIME)
  const isOver = (key: Key) => key.retiresAt !== null && key.retiresAt <= now
  return {
    added,
    retiring: keys.filter((key) => !isOver(key)).map((key) => ({ ...key, retiresAt: key.retiresAt ?? retiresAt })),
    retired: keys.filter(isOver),
  }
}

function nextId(keys: readonly Key[]): string {
  const numbers = keys.map((key) => Number(/^k(\d{1,9})$/.exec(key.id)?.[1] ?? 0))
  return `k${Math.max(0, ...numbers) + 1}`
}
