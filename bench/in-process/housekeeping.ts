import 'server-only'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { settings } from '#lib/config.ts'
import { tidy } from '#lib/housekeeping.ts'
import { openStoreOnce } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'

/** Housekeeping with much to do: how long it keeps everything else waiting at a time. */
export interface HousekeepingResult {
  readonly swept: number
  readonly purged: number
  readonly seconds: number
  /** How long the event loop stood still, in milliseconds, once for each turn. */
  readonly pauses: readonly number[]
}

const { due } = await input<{ readonly due: number }>()
await openStoreOnce()
makeDue(due)
const pauses: number[] = []
const watching = { on: true }
const watch = watchLoop()
const from = performance.now()
const { swept, purged } = await tidy()
watching.on = false
await watch
answer({ swept, purged, seconds: (performance.now() - from) / 1000, pauses } satisfies HousekeepingResult)

/** Some sessions ran out long ago, and as many records are older than 28 days. */
function makeDue(count: number): void {
  const db = new Database(join(settings().dataDir, 'signet.db'))
  db.prepare('update sessions set last_active_at = 0 where rowid in (select rowid from sessions limit ?)').run(count)
  db.prepare(`insert into ended_sessions (id, user_id, kind, began_at, last_active_at, ended_at, reason)
    select 'past-' || id, user_id, kind, 0, 0, rowid, 'idle' from sessions limit ?`).run(count)
  db.close()
}

async function watchLoop(): Promise<void> {
  let last = performance.now()
  while (watching.on) {
    await setImmediate()
    const at = performance.now()
    pauses.push(at - last)
    last = at
  }
}
