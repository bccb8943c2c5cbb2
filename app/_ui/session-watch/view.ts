/** What an open page shows of its session's state, and what its watch needs of the browser around it. */
import type { ShownReason } from '#lib/session/reasons.ts'
import type { Message } from './channel.ts'
import type { Reach } from './reach.ts'
import type { Found } from './requests.ts'

export interface Lock {
  /** Null: the server says only that there is no session. */
  readonly reason: ShownReason | null
  readonly at: Date | null
  /** Signed in again, here or in another tab: the page is being drawn anew. */
  readonly returning: boolean
}

export interface View {
  /** While it is set, nothing private is in the page. */
  readonly lock: Lock | null
  /** `idle`: "Are you still there?". `end`: the absolute limit is near. */
  readonly alarm: 'idle' | 'end' | null
  /** Whole seconds until the nearer limit, while there is an alarm. */
  readonly left: number
  readonly expiresAt: Date
  readonly stay: 'ready' | 'sending' | 'failed'
  /** Came out of the browser's memory, or is in doubt: hidden until the server has said that the session stands. */
  readonly hidden: boolean
}

export interface Identity {
  readonly sessionId: string
  readonly accountId: string
}

export type Standing = Extract<Found, { state: 'standing' }>

export interface Surroundings {
  now(): Date
  /** Calls back once, after so many seconds. @returns takes it back */
  after(seconds: number, call: () => void): () => void
  ask(): Promise<Found>
  report(stay: boolean): Promise<'noted' | 'none' | 'unreachable'>
  post(message: Message): void
  noteReach(reach: Reach): void
  /** Before the content leaves: what was typed is kept. */
  keepDrafts(): void
  /**
   * Somebody is signed in again: the same account, whose page is drawn anew, or another one. `sameSession`: it was
   * locked, and is open again.
   */
  comeBack(sameAccount: boolean, sameSession: boolean): void
  /** There is nothing more to listen to. */
  rest(): void
}
