import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import { settings, WrongSettings } from './config.ts'
import { startHousekeeping } from './housekeeping.ts'
import { installRequestHook } from './http/request-hook.ts'
import { WrongKeys } from './keys/file.ts'
import { ring } from './keys/ring.ts'
import { log } from './log.ts'
import { endOnSignals, isShuttingDown, onShutdown } from './shutdown.ts'
import { closeStore, openStoreOnce } from './store.ts'

export { onShutdown }

/** A database that is away is asked again after this long. Milliseconds. */
const RETRY_AFTER = 1000
/** The first requests wait this long for the database at most; afterwards they are answered with 503. Milliseconds. */
const FIRST_WAIT = 5000

const shared = globalThis as typeof globalThis & { signetBoot?: Promise<void> }

/** Once per server process, before its first request, however often Next asks for it. */
export function boot(): Promise<void> {
  shared.signetBoot ??= bootOnce()
  return shared.signetBoot
}

/** What cannot be served with at all ends the process. */
async function bootOnce(): Promise<void> {
  try {
    settings()
    ring()
  } catch (error) {
    if (!(error instanceof WrongSettings || error instanceof WrongKeys)) throw error
    console.error(error.message)
    process.exit(1)
  }
  installRequestHook()
  endOnSignals(closeStore)
  startHousekeeping()
  await Promise.race([openPatiently(), pause(FIRST_WAIT, undefined, { ref: false })])
}

/** A database that is away at start does not end the server: it is tried until it answers. */
async function openPatiently(): Promise<void> {
  for (let attempt = 1; !isShuttingDown(); attempt++) {
    try {
      const opened = await openStoreOnce()
      await opened.ping()
      const { dialect } = opened
      log().info({ dialect, origin: settings().origin, level: settings().level }, 'the session store is open')
      return
    } catch (error) {
      // The first failure is told with its cause; then once a minute is enough.
      if (attempt % 60 === 1) log().error({ err: error, attempt }, 'the session store does not answer; trying again')
      await pause(RETRY_AFTER, undefined, { ref: false })
    }
  }
}
