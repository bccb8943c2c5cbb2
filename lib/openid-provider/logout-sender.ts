import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import { settings } from '#lib/config.ts'
import { isOutage } from '#lib/http/outage.ts'
import { log } from '#lib/log.ts'
import { isShuttingDown, onShutdown } from '#lib/shutdown.ts'
import { store } from '#lib/store.ts'
import { now } from '#lib/time.ts'
import { openTeller, type Teller } from './logout-notices.ts'
import { poster } from './logout-post.ts'
import { logoutToken } from './logout-token.ts'

/** The outbox is asked so often, and at once when a session ends. Milliseconds. */
const EVERY = 1000
/** What is under way when the process ends gets this long. Milliseconds. */
const PATIENCE = 3000

interface Sender {
  readonly ended: Promise<void>
  readonly teller: Teller
  /** Cuts off what is under way. */
  readonly cut: AbortController
  wake: () => void
}

const shared = globalThis as typeof globalThis & { signetLogoutSender?: Sender }

/**
 * Tells relying parties of ended sessions for as long as the process lives. Once a process; nobody has to wait for it.
 * Written down with the end itself, so that none is forgotten, whatever ends the process. @see docs/decisions/0032
 */
export function startLogoutSender(): void {
  shared.signetLogoutSender ??= start()
}

/** Something has just ended that is no session: an application was disconnected. */
export function tellRelyingParties(): void {
  shared.signetLogoutSender?.wake()
}

/** For the end of the process, while the store is still open. What is not told by then is told by the next process. */
export async function finishTelling(): Promise<void> {
  const sender = shared.signetLogoutSender
  if (!sender) return
  const all = sender.ended.then(() => sender.teller.idle())
  const enough = new AbortController()
  await Promise.race([all, pause(PATIENCE, undefined, { signal: enough.signal }).catch(() => undefined)])
  sender.cut.abort()
  await Promise.race([all, pause(PATIENCE, undefined, { signal: enough.signal }).catch(() => undefined)])
  enough.abort()
}

function start(): Sender {
  const cut = new AbortController()
  const { origin } = settings()
  const teller = openTeller(
    {
      logouts: () => store().logouts,
      sign: (notice) => logoutToken(notice, origin, now()),
      post: poster(),
      clock: now,
      log: (level, message, details) => log()[level](details, message),
    },
    cut.signal,
  )
  const sender = { teller, cut, wake: () => {}, ended: Promise.resolve() }
  sender.ended = tellOn(sender)
  return sender
}

async function tellOn(sender: Sender): Promise<void> {
  const ending = new AbortController()
  onShutdown(() => ending.abort())
  const take = keptCalm(sender.teller)
  let watching = false
  while (!isShuttingDown()) {
    const waking = new AbortController()
    sender.wake = () => waking.abort()
    while (!isShuttingDown() && (await take()) > 0);
    if (!watching) watching = watch(() => sender.wake())
    // Unref'd: nobody has to wait for it at the end.
    const signal = AbortSignal.any([waking.signal, ending.signal])
    await pause(EVERY, undefined, { ref: false, signal }).catch(() => undefined)
  }
}

/** True when it could: the store may not be open yet. */
function watch(wake: () => void): boolean {
  try {
    const stop = store().sessions.watch(({ type }) => {
      if (type !== 'timeouts') wake()
    })
    onShutdown(stop)
    return true
  } catch (error) {
    if (isOutage(error)) return false
    throw error
  }
}

/** An outage of the database is waited out, and told once: notices keep, and the server's log says the rest. */
function keptCalm(teller: Teller): () => Promise<number> {
  let away = false
  return async () => {
    try {
      const taken = await teller.take()
      away = false
      return taken
    } catch (error) {
      if (!isOutage(error)) log().error({ err: error }, 'telling relying parties failed')
      else if (!away) log().warn({ err: error }, 'telling relying parties is put off')
      away = isOutage(error)
      return 0
    }
  }
}
