import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import { settings, WrongSettings } from './config.ts'
import { startHousekeeping } from './housekeeping.ts'
import { installRequestHook } from './http/request-hook.ts'
import { WrongKeys } from './keys/file.ts'
import { ring } from './keys/ring.ts'
import { log } from './log.ts'
import { finishSending, startSender } from './mail/sender.ts'
import { finishTelling, startLogoutSender } from './openid-provider/logout-sender.ts'
import { epochProblem, keepEpoch } from './session/epoch.ts'
import { followEnds } from './session/high-water.ts'
import { endOnSignals, isShuttingDown, onShutdown } from './shutdown.ts'
import { closeStore, openStoreOnce } from './store.ts'

export { onShutdown }

/** A database that is away is asked again after this long. Milliseconds. */
const RETRY_AFTER = 1000
/** A database that does not answer at all holds up the start for this long. Milliseconds. */
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
    const problem = epochProblem()
    if (problem) throw new WrongSettings([problem])
  } catch (error) {
    if (!(error instanceof WrongSettings || error instanceof WrongKeys)) throw error
    console.error(error.message)
    process.exit(1)
  }
  installRequestHook()
  endOnSignals(async () => {
    await Promise.all([finishSending(), finishTelling()])
    await closeStore()
  })
  startHousekeeping()
  startSender()
  const first = tryToOpen(1)
  await Promise.race([first, pause(FIRST_WAIT, undefined, { ref: false })])
  void keepTrying(first)
}

/** A database that is away at start does not end the server: requests get 503, and it is tried until it answers. */
async function keepTrying(first: Promise<boolean>): Promise<void> {
  let opened = await first
  for (let attempt = 2; !opened && !isShuttingDown(); attempt++) {
    await pause(RETRY_AFTER, undefined, { ref: false })
    opened = await tryToOpen(attempt)
  }
}

async function tryToOpen(attempt: number): Promise<boolean> {
  try {
    const store = await openStoreOnce()
    await store.ping()
    keepEpoch()
    followEnds(store)
    startLogoutSender()
    log().info(
      { dialect: store.dialect, origin: settings().origin, level: settings().level },
      'the session store is open',
    )
    return true
  } catch (error) {
    // The first failure is told with its cause; then once a minute is enough.
    if (attempt % 60 === 1) log().error({ err: error, attempt }, 'the session store does not answer; trying again')
    return false
  }
}
