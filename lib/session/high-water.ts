import 'server-only'
import { readFileSync } from 'node:fs'
import type { DatabaseState, Store } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { log } from '#lib/log.ts'
import { replaceFile } from '#lib/replace-file.ts'
import { epoch, raiseEpoch } from './epoch.ts'

/**
 * How many ends each database has been known to hold, kept in a file beside the epoch and outside the database. One
 * that knows of fewer is an older copy of itself: a restored backup, in which sessions live that had been ended. Then
 * the epoch is raised, and with it every session is over.
 *
 * Marks are kept by the database's own id, which a backup shares and a new database does not: whoever begins with an
 * empty database, or works on another one for a while, loses nothing.
 * @see ASVS v5.0.0-7.4.1; policy §4.1; docs/decisions/0026
 */
export type Marks = ReadonlyMap<string, number>

/** Databases that are remembered; of more, those looked at longest ago are forgotten. */
const MOST = 20
/** An end is written down this much later at most, so that many at once are one write. Milliseconds. */
const WITHIN = 100

interface Known {
  readonly ends: number
  /** The epoch in which it was so: when it was raised since, the number may have gone back. */
  readonly epoch: number
  /** What the file says up to here has been answered, and could not be overwritten. */
  readonly answered: number
}

const shared = globalThis as typeof globalThis & { signetMarks?: Map<string, Known> }

/**
 * For the store (`StoreOptions.verify`). Never throws: what cannot be written is logged, and holds in this process.
 * The marks are read before the database is: an end that another process adds in between is no reason to raise.
 */
export function verifyDatabase(): (found: DatabaseState) => void {
  const marks = readMarks()
  return (found) => {
    const mark = markOf(found.id, marks)
    if (mark === undefined) return write(found.id, found.lastRecord, marks)
    if (found.lastEnd < mark) begin(found, mark)
    else if (found.lastRecord > mark) write(found.id, found.lastRecord, marks)
  }
}

/** Writes down how many ends there are now. */
export async function recordEnds(store: Store): Promise<void> {
  const marks = readMarks()
  const { id, lastRecord } = await store.state()
  if (lastRecord > (markOf(id, marks) ?? -1)) write(id, lastRecord, marks)
}

/** Writes each end down as it is told of, from whichever process it came. Answers how to stop. */
export function followEnds(store: Store): () => void {
  let timer: NodeJS.Timeout | undefined
  const stop = store.sessions.watch(({ type }) => {
    if (type !== 'ended' || timer) return
    timer = setTimeout(async () => {
      timer = undefined
      await recordEnds(store).catch((err) => log().warn({ err }, 'the number of ends cannot be noted'))
    }, WITHIN).unref()
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}

/** What is known of a database from outside, for telling it. */
export function markInFile(id: string): number | undefined {
  return readMarks().get(id)
}

export function marksFile(): string {
  return `${settings().epoch.file}.ends`
}

function begin(found: DatabaseState, mark: number): void {
  const known = { database: found.id, ends: found.lastEnd, endsBefore: mark }
  let raised: number | undefined
  try {
    raised = raiseEpoch()
  } catch (err) {
    log().error({ err }, 'the epoch cannot be written: it is raised in this process alone')
  }
  const message = 'an older copy of the database has taken its place: every session is over'
  log().error({ ...known, epoch: raised ?? epoch() }, message)
  write(found.id, found.lastEnd, readMarks())
}

function markOf(id: string, marks: Marks): number | undefined {
  const known = shared.signetMarks?.get(id)
  const mark = marks.get(id)
  if (!known || known.epoch < epoch()) return mark
  return mark === undefined || mark <= known.answered ? known.ends : Math.max(known.ends, mark)
}

function write(id: string, ends: number, marks: Marks): void {
  shared.signetMarks ??= new Map()
  shared.signetMarks.set(id, { ends, epoch: epoch(), answered: marks.get(id) ?? 0 })
  const others = [...marks].filter(([one]) => one !== id)
  const lines = [...others, [id, ends] as const].slice(-MOST).map(([one, count]) => `${one} ${count}\n`)
  try {
    replaceFile(marksFile(), lines.join(''))
  } catch (err) {
    log().error({ err }, 'the number of ends cannot be written: a restored backup would not be noticed after a restart')
  }
}

/** A line for each database: its id and the number of its last end. Anything else in the file is passed over. */
function readMarks(): Marks {
  const marks = new Map<string, number>()
  for (const [, id, ends] of text().matchAll(/^([0-9a-f]{32}) (\d{1,15})$/gm)) marks.set(id ?? '', Number(ends))
  return marks
}

function text(): string {
  try {
    return readFileSync(marksFile(), 'utf8')
  } catch {
    return ''
  }
}
