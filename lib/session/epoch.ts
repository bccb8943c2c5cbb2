import 'server-only'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { settings } from '#lib/config.ts'
import { now } from '#lib/time.ts'

/**
 * The epoch: a number outside the database that is part of every session's standing. Sessions of an earlier one are
 * over, so a database that was restored from a backup cannot bring back what had been ended.
 * @see policy §4.1; docs/decisions/0026
 */
const FIRST = 1

/** The file is looked at so often. Milliseconds. */
const CHECK_EVERY = 1000

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
  const version = versionOf(epochFile())
  const same = known?.version === version
  shared.signetEpoch = { epoch: same ? known.epoch : read(known), version, checkedAt: at }
  return shared.signetEpoch.epoch
}

/** Ends all sessions there are, in every copy of the database. Answers the new epoch. */
export function raiseEpoch(): number {
  const next = read(shared.signetEpoch) + 1
  write(epochFile(), next)
  delete shared.signetEpoch
  return next
}

function epochFile(): string {
  return join(settings().dataDir, 'session-epoch')
}

/** It only grows: a file that is gone or was set back changes nothing for a process that knows better. */
function read(known: Known | undefined): number {
  try {
    const found = Number.parseInt(readFileSync(epochFile(), 'utf8'), 10)
    return Math.max(Number.isSafeInteger(found) ? found : FIRST, known?.epoch ?? FIRST)
  } catch {
    return known?.epoch ?? FIRST
  }
}

function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.ino}` : 'absent'
}

function write(path: string, value: number): void {
  const file = openSync(`${path}.new`, 'w', 0o600)
  writeSync(file, `${value}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(`${path}.new`, path)
}
