import 'server-only'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailable } from '#db/contract.ts'
import { KEPT } from '#db/records.ts'
import { settings } from './config.ts'
import { log } from './log.ts'
import { removeOldMail } from './mail/files.ts'
import { isShuttingDown } from './shutdown.ts'
import { store } from './store.ts'
import { now, SECOND, secondsAfter } from './time.ts'

const EVERY = 30 * SECOND
/** Rows in one step; the step holds the write lock of an embedded database for a millisecond or two. */
const BATCH = 100
/** Between two steps, so that requests go first. Milliseconds. */
const BREATH = 20

/**
 * Ends or locks sessions that have run out and deletes what is kept for 28 days only, a little at a time for as long as
 * the process lives. Nothing relies on it for safety: a session that has run out is refused by its times alone.
 */
export function startHousekeeping(): void {
  const shared = globalThis as { signetHousekeeping?: boolean }
  if (shared.signetHousekeeping) return
  shared.signetHousekeeping = true
  void (async () => {
    while (!isShuttingDown()) {
      // Unref'd: nobody has to wait for it at the end.
      await pause(EVERY * 1000, undefined, { ref: false })
      await clean()
    }
  })()
}

async function clean(): Promise<void> {
  try {
    const { swept, purged, mails } = await tidy()
    if (swept + purged + mails > 0) log().debug({ swept, purged, mails }, 'housekeeping')
  } catch (error) {
    if (error instanceof StoreUnavailable) return log().warn({ err: error }, 'housekeeping is put off')
    log().error({ err: error }, 'housekeeping failed')
  }
}

/**
 * Everything that is due now, in small batches. Answers how many sessions ended or were locked, and how many records and
 * files went.
 */
export async function tidy(): Promise<{ swept: number; purged: number; mails: number }> {
  const { sessions } = store()
  const swept = await inBatches(() => sessions.sweep(BATCH))
  const purged = await inBatches(() => sessions.purge(BATCH))
  // Those that were written where there is no mail server.
  const outbox = join(/* turbopackIgnore: true */ settings().dataDir, 'outbox')
  return { swept, purged, mails: await removeOldMail(outbox, secondsAfter(now(), -KEPT)) }
}

async function inBatches(step: () => number | Promise<number>): Promise<number> {
  let total = 0
  for (;;) {
    const done = await step()
    total += done
    if (done < BATCH || isShuttingDown()) return total
    await pause(BREATH)
  }
}
