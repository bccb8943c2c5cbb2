/** What the tabs of one browser tell each other about a session. It stays in this browser and this origin. */
import type { ShownReason } from '#lib/session/reasons.ts'
import type { Timeouts } from '#lib/session/timeouts.ts'
import type { Reach } from './reach.ts'

export type Message = { readonly sessionId: string } & (
  | { readonly type: 'timeouts'; readonly timeouts: Timeouts }
  | { readonly type: 'ended'; readonly reason: ShownReason | null; readonly at: string | null }
  /** A page of this session has opened: another session's pages look again. */
  | { readonly type: 'began' }
  /** A tab has just reported input. */
  | { readonly type: 'reported' }
  | { readonly type: 'reach'; readonly reach: Reach }
)

export interface Channel {
  post(message: Message): void
  close(): void
}

export function openChannel(hear: (message: Message) => void): Channel {
  const channel = new BroadcastChannel('signet-session')
  channel.onmessage = ({ data }) => hear(data as Message)
  return { post: (message) => channel.postMessage(message), close: () => channel.close() }
}
