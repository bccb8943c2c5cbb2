import 'server-only'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { smtpServer } from '#lib/config/mail.ts'
import { type Settings, settings } from '#lib/config.ts'
import { isOutage } from '#lib/http/outage.ts'
import { log } from '#lib/log.ts'
import { isShuttingDown, onShutdown } from '#lib/shutdown.ts'
import { store } from '#lib/store.ts'
import { now } from '#lib/time.ts'
import { type Round, roundsOf } from './delivery.ts'
import { fileTransport } from './files.ts'
import { type Deliver, smtpTransport } from './transport.ts'

/**
 * The outbox is asked so often. No request wakes it: that a mail is under way must not be felt in the time of the
 * answers around it, or forgetting a password would tell which addresses have an account. Milliseconds.
 */
const EVERY = 1000
/** What is under way when the process ends gets this long. Milliseconds. */
const PATIENCE = 5000

interface Sender {
  readonly ended: Promise<void>
  /** Cuts off deliveries under way. */
  readonly cut: AbortController
}

const shared = globalThis as typeof globalThis & { signetSender?: Sender }

/** Sends what is in the outbox for as long as the process lives. Once a process; nobody has to wait for it. */
export function startSender(): void {
  shared.signetSender ??= start(settings())
}

/** For the end of the process, while the store is still open: what was accepted is to be noted. */
export async function finishSending(): Promise<void> {
  const sender = shared.signetSender
  if (!sender) return
  const enough = new AbortController()
  // Cut off, it has as long again to say so; the database may be away as well.
  const waited = async (milliseconds: number) =>
    pause(milliseconds, undefined, { signal: enough.signal }).catch(() => undefined)
  await Promise.race([sender.ended, waited(PATIENCE)])
  sender.cut.abort()
  await Promise.race([sender.ended, waited(PATIENCE)])
  enough.abort()
}

function start(settings: Settings): Sender {
  const cut = new AbortController()
  const round = roundsOf({
    outbox: () => store().outbox,
    deliver: transportOf(settings),
    clock: now,
    log: (level, message, details) => log()[level](details, message),
  })
  return { ended: sendOn(round, cut.signal), cut }
}

function transportOf({ mail: { smtpUrl }, dataDir }: Settings): Deliver {
  if (smtpUrl === null) {
    const directory = join(/* turbopackIgnore: true */ dataDir, 'outbox')
    log().info({ directory }, 'mail is written to files')
    return fileTransport(directory)
  }
  const { host, port } = smtpServer(smtpUrl)
  log().info({ host, port }, 'mail goes to a server')
  return smtpTransport(smtpUrl)
}

async function sendOn(round: Round, signal: AbortSignal): Promise<void> {
  const ending = new AbortController()
  onShutdown(() => ending.abort())
  const calmly = keptCalm(round)
  while (!isShuttingDown()) {
    // Unref'd: nobody has to wait for it at the end.
    await pause(EVERY, undefined, { ref: false, signal: ending.signal }).catch(() => undefined)
    while (!isShuttingDown() && (await calmly(signal)) > 0);
  }
}

/** An outage of the database is waited out, and told once: mails keep, and the server's log says the rest. */
function keptCalm(round: Round): Round {
  let away = false
  return async (signal) => {
    try {
      const seenTo = await round(signal)
      away = false
      return seenTo
    } catch (error) {
      if (!isOutage(error)) log().error({ err: error }, 'sending mail failed')
      else if (!away) log().warn({ err: error }, 'sending mail is put off')
      away = isOutage(error)
      return 0
    }
  }
}
