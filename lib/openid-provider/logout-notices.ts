import 'server-only'
import type { LogoutNotice, LogoutOutbox } from '#db/contract.ts'
import { MINUTE, secondsBetween } from '#lib/time.ts'
import type { Post, Told } from './logout-post.ts'
import { tellAgainAfter } from './logout-schedule.ts'

/** Notices taken in one step, and for one relying party; connections to it. */
const MOST_TAKEN = 1000
const MOST_IN_LINE = 200
const AT_ONCE = 8

/** A notice is this process's alone for so long. Seconds. */
export const LEASE = 2 * MINUTE

export interface Office {
  /** Throws `StoreUnavailable` while there is none. */
  readonly logouts: () => LogoutOutbox
  readonly sign: (notice: LogoutNotice) => Promise<string>
  readonly post: Post
  readonly clock: () => Date
  readonly log: (level: 'warn' | 'error', message: string, details: Record<string, unknown>) => void
}

interface Held {
  readonly notice: LogoutNotice
  readonly since: Date
}

/**
 * One relying party's address. Each has a line of its own, and nothing is taken for a full one: whoever does not answer,
 * or slowly, holds up nobody else. There are as many lines as addresses that administrators have registered.
 */
interface Line {
  readonly waiting: Held[]
  active: number
}

export interface Teller {
  /** Takes what is due, and begins to tell of it. Answers how many it took; what it throws, the outbox threw. */
  take(): Promise<number>
  /** Settles when nothing is under way. */
  idle(): Promise<void>
}

/**
 * Tells relying parties of ends: all of them at once, each a few at a time. When one does not answer, the rest of its
 * line is put off at once, without trying. @param signal cuts off what is under way
 */
export function openTeller({ logouts, sign, post, clock, log }: Office, signal: AbortSignal): Teller {
  const lines = new Map<string, Line>()
  const underWay = new Set<Promise<void>>()

  function hold(notice: LogoutNotice): void {
    const line = lines.get(notice.uri) ?? { waiting: [], active: 0 }
    lines.set(notice.uri, line)
    line.waiting.push({ notice, since: clock() })
    advance(notice.uri, line)
  }

  function advance(uri: string, line: Line): void {
    while (line.active < AT_ONCE && line.waiting.length > 0 && !signal.aborted) {
      const next = line.waiting.shift() as Held
      line.active += 1
      begin(tell(next, line), () => {
        line.active -= 1
        advance(uri, line)
        if (line.active === 0 && line.waiting.length === 0) lines.delete(uri)
      })
    }
  }

  function begin(work: Promise<void>, after: () => void): void {
    const done: Promise<void> = work
      .catch((error) => log('error', 'telling a relying party failed', { err: error }))
      .then(() => {
        underWay.delete(done)
        after()
      })
    underWay.add(done)
  }

  async function tell({ notice, since }: Held, line: Line): Promise<void> {
    // It stood in line for too long: by now another process may have it.
    if (secondsBetween(since, clock()) > LEASE / 2) return
    const told = await post(notice.uri, await sign(notice), signal)
    if (told.outcome === 'told') return logouts().sent(notice.id)
    await putOff(notice, told)
    if (told.outcome !== 'away') return
    for (const { notice: other } of line.waiting.splice(0)) await putOff(other, told)
  }

  /** Whose it is stays out of the log; the application and the row say enough to find it. */
  async function putOff(notice: LogoutNotice, { outcome, why }: Failed): Promise<void> {
    const { id, clientId, failures, createdAt } = notice
    const refused = outcome === 'refused'
    const refusals = refused ? notice.refusals + 1 : 0
    const after = signal.aborted ? 0 : tellAgainAfter(refusals, failures, createdAt, clock())
    const details = { notice: id, client: clientId, failures: failures + 1, why }
    if (after === null) log('error', 'a relying party was not told of an end, and it is given up', details)
    else if (!signal.aborted)
      log('warn', 'a relying party was not told of an end; it is tried again', { ...details, after })
    await logouts().failed(id, after, refused)
  }

  return {
    async take() {
      if (signal.aborted) return 0
      const full = [...lines]
        .filter(([, line]) => line.active + line.waiting.length >= MOST_IN_LINE)
        .map(([uri]) => uri)
      const notices = await logouts().claim(MOST_TAKEN, LEASE, { most: MOST_IN_LINE, full })
      for (const notice of notices) hold(notice)
      return notices.length
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

type Failed = Exclude<Told, { outcome: 'told' }>
