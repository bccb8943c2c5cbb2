import 'server-only'
import { readFileSync, statSync } from 'node:fs'
import { settings } from '#lib/config.ts'
import { log } from '#lib/log.ts'
import { replaceFile } from '#lib/replace-file.ts'
import { now } from '#lib/time.ts'

/**
 * The epoch: a number outside the database that is part of every session's standing. Sessions of an earlier one are
 * over, so a database that was restored from a backup cannot bring back what had been ended (`high-water.ts` notices).
 *
 * It stands in a file (`SESSION_EPOCH_FILE`), or is given to all nodes (`SESSION_EPOCH`); the higher one counts.
 * @see ASVS v5.0.0-7.4.1; policy §4.1; docs/decisions/0026
 */
const FIRST = 1

/** The file is looked at so often. Milliseconds. */
const CHECK_EVERY = 500

interface Known {
  readonly epoch: number
  readonly version: string
  readonly checkedAt: number
}

const shared = globalThis as typeof globalThis & { signetEpoch?: Known }

/** The epoch in force. A change by another process is known within a second. */
export function epoch(): number {
  const at = now().getTime()
  const known = shared.signetEpoch
  if (known && Math.abs(at - known.checkedAt) < CHECK_EVERY) return known.epoch
  const version = versionOf(settings().epoch.file)
  const same = known?.version === version
  shared.signetEpoch = { epoch: same ? known.epoch : highest(known), version, checkedAt: at }
  return shared.signetEpoch.epoch
}

/**
 * Ends all sessions there are, in every copy of the database. Answers the new epoch.
 * @throws when the file cannot be written: then the epoch is raised in this process alone
 */
export function raiseEpoch(): number {
  const { file, given } = settings().epoch
  const next = highest(shared.signetEpoch) + 1
  shared.signetEpoch = { epoch: next, version: versionOf(file), checkedAt: now().getTime() }
  if (given !== null) log().warn({ epoch: next }, 'the epoch has risen here: set SESSION_EPOCH to it on every node')
  replaceFile(file, `${next}\n`)
  return next
}

/**
 * The same where it is done by hand and the rows end as well. Nodes that share an epoch by configuration keep it: if
 * one of them went ahead alone, it would end what the others begin. And a file that cannot be written stops nothing.
 * @returns whether every session of before is over by now; if not, each is once its row has ended
 */
export function raiseEpochIfOwn(): boolean {
  if (nextGivenEpoch() !== null) return false
  try {
    raiseEpoch()
    return true
  } catch (err) {
    log().error({ err }, 'the epoch cannot be written: a copy of the database could bring ended sessions back')
    return false
  }
}

/**
 * What `SESSION_EPOCH` has to be on every node before no copy of the database can bring back what has been ended by
 * hand; null where the epoch is this machine's own and rises by itself.
 */
export function nextGivenEpoch(): number | null {
  return settings().epoch.given === null ? null : highest(shared.signetEpoch) + 1
}

/**
 * What is wrong with `SESSION_EPOCH`, or null: one that is below the epoch that is known here would bring back what
 * had been ended.
 */
export function epochProblem(): string | null {
  const { given, file } = settings().epoch
  const known = fromFile(file) ?? FIRST
  if (given === null || given >= known) return null
  return `SESSION_EPOCH=${given}, but ${file} knows that epoch ${known} has begun. Set SESSION_EPOCH=${known} on every node.`
}

/** Makes the file when there is none, so that its loss can be told. What cannot be written is the doctor's to tell. */
export function keepEpoch(): void {
  const { file } = settings().epoch
  try {
    if (fromFile(file) === null) replaceFile(file, `${epoch()}\n`)
  } catch (err) {
    log().warn({ err }, 'the epoch cannot be written')
  }
}

/** The epoch that the file tells; null when it tells none. */
export function fromFile(file: string): number | null {
  try {
    const found = Number.parseInt(readFileSync(file, 'utf8'), 10)
    return Number.isSafeInteger(found) && found >= FIRST ? found : null
  } catch {
    return null
  }
}

/** It only grows: a file that is gone or was set back changes nothing for a process that knows better. */
function highest(known: Known | undefined): number {
  const { given, file } = settings().epoch
  return Math.max(fromFile(file) ?? FIRST, given ?? FIRST, known?.epoch ?? FIRST)
}

function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.ino}` : 'absent'
}
