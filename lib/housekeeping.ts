import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailable } from '#db/contract.ts'
import { log } from './log.ts'
import { isShuttingDown } from './shutdown.ts'
import { store } from './store.ts'
import { SECOND } from './time.ts'

const EVERY = 30 * SECOND
/** Rows in one step; the step holds the write lock of an embedded database for a millisecond or two. */
const BATCH = 100
/** Between two steps, so that requests go first. Milliseconds. */
const BREATH = 20

/**
 * Ends sessions that have run out and deletes what is kept for 28 days only, a little at a time for as long as the
 * process lives. Nothing relies on it for safety: a session that has run out is refused by its times alone.
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
    const { swept, purged } = await tidy()
    if (swept + purged > 0) log().debug({ swept, purged }, 'housekeeping')
  } catch (error) {
    if (error instanceof StoreUnavailable) return log().warn({ err: error }, 'housekeeping is put off')
    log().error({ err: error }, 'housekeeping failed')
  }
}

/** Everything that is due now, in small batches. Answers how many sessions ended and how many records went. */
export async function tidy(): Promise<{ swept: number; purged: number }> {
  const { sessions } = store()
  const swept = await inBatches(() => sessions.sweep(BATCH))
  const purged = await inBatches(() => sessions.purge(BATCH))
  return { swept, purged }
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
