/** The event stream of the tab that leads, opened again whenever it breaks. */
import type { ShownReason } from '#lib/session/reasons.ts'
import type { Timeouts } from '#lib/session/timeouts.ts'
import { backoff } from './backoff.ts'

export interface StreamListener {
  timeouts(told: Timeouts): void
  ended(told: { readonly reason: ShownReason; readonly at: string }): void
  /** It broke, and does not say why: ask. @returns whether there is still something to listen to */
  broke(): Promise<boolean>
}

export interface Stream {
  /** The network is back: try now. */
  hurry(): void
  close(): void
}

/**
 * `EventSource` would try again by itself, but at one pace for ever, and stops for good at the first answer that is
 * no stream (a proxy's 502 while the server restarts).
 * @see WHATWG server-sent events
 */
export function openStream(sessionId: string, listener: StreamListener): Stream {
  let failed = 0
  let closed = false
  let source: EventSource | undefined
  let pause: ReturnType<typeof setTimeout> | undefined
  const connect = () => {
    clearTimeout(pause)
    source?.close()
    source = new EventSource('/api/session/events')
    source.addEventListener('timeouts', ({ data }) => {
      failed = 0
      listener.timeouts(JSON.parse(data))
    })
    source.addEventListener('ended', ({ data }) => {
      close()
      listener.ended(JSON.parse(data))
    })
    source.addEventListener('error', () => void again())
  }
  const again = async () => {
    source?.close()
    if (closed || !(await listener.broke()) || closed) return
    clearTimeout(pause)
    pause = setTimeout(connect, backoff(failed++, sessionId) * 1000)
  }
  const close = () => {
    closed = true
    clearTimeout(pause)
    source?.close()
  }
  const hurry = () => {
    failed = 0
    if (!closed && source?.readyState === EventSource.CLOSED) connect()
  }
  connect()
  return { hurry, close }
}
