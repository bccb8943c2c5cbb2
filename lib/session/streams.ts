import 'server-only'
import type { SessionChange, SessionCheck, SessionProof } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { log } from '#lib/log.ts'
import { onShutdown } from '#lib/shutdown.ts'
import { store } from '#lib/store.ts'
import { MINUTE, now, SECOND } from '#lib/time.ts'
import { epoch } from './epoch.ts'
import { deadlines, standing } from './policy.ts'
import { shownReason } from './reasons.ts'
import { timeoutsOf } from './timeouts.ts'

/**
 * Event streams of open pages. A stream lives exactly as long as its session: it is told of the end, whatever ended
 * the session and in whichever process, and closes. It never counts as activity.
 *
 * Events: `timeouts` (`timeouts.ts`) at the start, whenever they change and with each beat; `ended` `{reason, at}`,
 * then the end.
 * @see WHATWG server-sent events
 */
const KEEP_ALIVE = 15 * SECOND
/** Browsers share one stream between their tabs; more than this from one session are strays, the oldest first. */
const MOST_STREAMS = 6
/** Messages that may wait for a reader. */
const MOST_UNREAD = 100
/** `setTimeout` counts in 32 bits. */
const LONGEST_TIMER = 20 * 24 * 60 * MINUTE

interface Stream {
  send(event: string, data: unknown): void
  beat(): void
  close(): void
}

/** The epoch is kept outside the database, so no row tells of it. Milliseconds. */
const EPOCH_EVERY = 250

interface Hub {
  /** In which each session began. */
  readonly epochs: Map<string, number>
  readonly streams: Map<string, Set<Stream>>
  readonly timers: Map<string, NodeJS.Timeout>
}

const shared = globalThis as { signetHub?: Hub }

function hub(): Hub {
  shared.signetHub ??= startHub()
  return shared.signetHub
}

function startHub(): Hub {
  const started: Hub = { epochs: new Map(), streams: new Map(), timers: new Map() }
  const unwatch = store().sessions.watch((change) => tell(started, change))
  const beats = setInterval(() => beatAll(started), KEEP_ALIVE * 1000)
  const epochs = setInterval(() => closeEarlier(started), EPOCH_EVERY)
  epochs.unref()
  onShutdown(() => {
    unwatch()
    clearInterval(beats)
    clearInterval(epochs)
    for (const id of [...started.streams.keys()]) closeAll(started, id)
  })
  return started
}

/** The body of `GET /api/session/events`. `signal` aborts when the browser goes away. */
export function sessionStream({ sessionId, session }: SessionProof, signal: AbortSignal): ReadableStream<Uint8Array> {
  const all = hub()
  const encoder = new TextEncoder()
  let gone = () => {}
  return new ReadableStream({
    start(controller) {
      const write = (text: string) => {
        // Full when the other end does not read: it will ask again, and is told the end then.
        if ((controller.desiredSize ?? 0) > -MOST_UNREAD) controller.enqueue(encoder.encode(text))
      }
      const stream: Stream = {
        send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
        beat: () => write(': still here\n\n'),
        close: () => forget(all, sessionId, stream, () => controller.close()),
      }
      gone = () => forget(all, sessionId, stream, () => {})
      if (signal.aborted) return
      signal.addEventListener('abort', gone)
      add(all, session, stream)
      write('retry: 1000\n\n')
      void refresh(all, sessionId)
    },
    cancel: () => gone(),
  })
}

function add({ streams, epochs }: Hub, { id, epoch: began }: SessionCheck, stream: Stream): void {
  const open = streams.get(id) ?? new Set()
  streams.set(id, open.add(stream))
  epochs.set(id, began)
  const [oldest] = open
  if (open.size > MOST_STREAMS) oldest?.close()
}

function forget({ streams, timers, epochs }: Hub, sessionId: string, stream: Stream, done: () => void): void {
  const open = streams.get(sessionId)
  if (!open?.delete(stream)) return
  if (open.size === 0) {
    streams.delete(sessionId)
    epochs.delete(sessionId)
    clearTimeout(timers.get(sessionId))
    timers.delete(sessionId)
  }
  done()
}

function tell(all: Hub, change: SessionChange): void {
  const open = all.streams.get(change.sessionId)
  if (!open) return
  if (change.type === 'timeouts') return void refresh(all, change.sessionId)
  // A locked session opens nothing here: to its pages that is an end, with a way back.
  const reason = change.type === 'locked' ? 'idle' : shownReason(change.reason)
  for (const stream of open) stream.send('ended', { reason, at: change.at.toISOString() })
  closeAll(all, change.sessionId)
}

/** Sessions of an epoch that is over are over, though their rows may follow later or never. */
function closeEarlier(all: Hub): void {
  for (const [sessionId, began] of all.epochs) {
    if (began < epoch()) tell(all, { type: 'ended', sessionId, reason: 'epoch', at: now() })
  }
}

function closeAll({ streams }: Hub, sessionId: string): void {
  for (const stream of [...(streams.get(sessionId) ?? [])]) stream.close()
}

function beatAll(all: Hub): void {
  for (const [sessionId, open] of all.streams) {
    for (const stream of open) stream.beat()
    void refresh(all, sessionId)
  }
}

/** Reads the row again: tells the deadlines, sets the alarm for the nearer one, or ends what has run out. */
async function refresh(all: Hub, sessionId: string): Promise<void> {
  try {
    const { policy } = settings()
    const row = await store().sessions.check(sessionId)
    const stands = row && standing(row, policy, row.now)
    if (!row) return closeEnded(all, sessionId)
    if (stands === 'locked') return void (await lockAndTell(all, row))
    if (stands !== 'active') return void (await store().sessions.endAs(row, stands === 'inactive' ? 'idle' : 'expired'))
    setAlarm(all, sessionId, deadlines(row, policy).idleExpiresAt.getTime() - row.now.getTime())
    const timeouts = timeoutsOf(row, policy, row.now)
    for (const stream of all.streams.get(sessionId) ?? []) stream.send('timeouts', timeouts)
  } catch (err) {
    // The pages keep their last word; the next beat asks again.
    log().error({ err }, 'an event stream could not read its session')
  }
}

/** Whoever locks it tells every stream; one that missed it, because another process did, is told here. */
async function lockAndTell(all: Hub, row: SessionCheck): Promise<void> {
  if (row.lockedAt) tell(all, { type: 'locked', sessionId: row.id, at: row.lockedAt })
  else if (!(await store().sessions.lock(row))) await refresh(all, row.id)
}

/** The end was missed, for instance while the database was away: its record says why. */
async function closeEnded(all: Hub, sessionId: string): Promise<void> {
  const record = await store().sessions.ended(sessionId)
  if (record) tell(all, { type: 'ended', sessionId, reason: record.reason, at: record.endedAt })
  else closeAll(all, sessionId)
}

function setAlarm(all: Hub, sessionId: string, milliseconds: number): void {
  clearTimeout(all.timers.get(sessionId))
  if (!all.streams.has(sessionId)) return
  const alarm = setTimeout(
    () => void refresh(all, sessionId),
    Math.min(Math.max(milliseconds, 0), LONGEST_TIMER * 1000) + 50,
  )
  alarm.unref()
  all.timers.set(sessionId, alarm)
}
