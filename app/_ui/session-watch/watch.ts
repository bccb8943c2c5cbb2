/**
 * What an open page knows of its session, and when it must let go of what it shows. It decides nothing about access:
 * the server refuses whatever this forgets. Everything that touches the browser comes in through `Surroundings`.
 * @see ASVS v5.0.0-7.3.1 inactivity, v5.0.0-7.3.2 absolute lifetime, v5.0.0-7.4.1 nothing after the end
 */
import type { ShownReason } from '#lib/session/reasons.ts'
import type { Timeouts } from '#lib/session/timeouts.ts'
import { secondsBetween } from '#lib/time.ts'
import type { Message } from './channel.ts'
import { type Deadlines, deadlinesFrom, momentAt, reportInterval, serverNow } from './deadlines.ts'
import type { Reach } from './reach.ts'
import type { Identity, Lock, Standing, Surroundings, View } from './view.ts'

/** A machine that slept is noticed this late at most, even if nothing else tells. Seconds. */
const LONGEST_NAP = 10
/** A refusal is doubted for this long: another tab may just be getting the new cookie. Seconds. */
const DOUBT = 0.5

export class Watch {
  view: View
  /** The server has said that it is over. A locked session that is opened again is watched by another watch. */
  over = false
  readonly #who: Identity
  readonly #around: Surroundings
  readonly #listeners = new Set<() => void>()
  #deadlines: Deadlines
  /** How often the server has spoken. */
  #told = 0
  #lastReport: Date
  #reach: Reach = 'reached'
  #asking: Promise<void> | null = null
  /** The deadline for which the server was asked before a warning opened, and the one whose notice was put away. */
  #asked = 0
  #dismissed = 0
  #cancelTick = () => {}

  constructor(who: Identity, told: Timeouts, around: Surroundings) {
    this.#who = who
    this.#around = around
    this.#deadlines = deadlinesFrom(told, around.now())
    // Opening the page was activity.
    this.#lastReport = around.now()
    const { expiresAt } = this.#deadlines
    this.view = { lock: null, alarm: null, left: 0, expiresAt, stay: 'ready', hidden: false }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The server has told its limits, so the session stands. */
  tell(told: Omit<Timeouts, 'warning'> & { readonly warning?: number }): void {
    if (this.over) return
    this.#told++
    const { warning } = this.#deadlines
    this.#deadlines = deadlinesFrom({ warning, ...told }, this.#around.now(), this.#deadlines)
    const lock = this.#moment().left === 0 ? this.view.lock : null
    this.#show({ expiresAt: this.#deadlines.expiresAt, stay: 'ready', lock })
    this.tick()
  }

  /** Looks at the clock. Also called whenever the page may have slept. */
  tick(): void {
    this.#cancelTick()
    if (this.over) return
    const { phase, left, next } = this.#moment()
    if (phase === 'calm') this.#show({ alarm: null })
    else if (phase === 'idle' || phase === 'expired') this.#runOut(phase)
    else this.#warn(phase === 'idle-warning' ? 'idle' : 'end', left)
    this.#cancelTick = this.#around.after(Math.min(next, LONGEST_NAP), () => this.tick())
  }

  stop(): void {
    this.#cancelTick()
  }

  /** Only what a person does comes here. At most once a minute in a browser, and not while the warning is open. */
  async input(): Promise<void> {
    const { alarm, lock, hidden } = this.view
    if (alarm === 'idle' || lock || hidden) return
    const now = this.#around.now()
    if (secondsBetween(this.#lastReport, now) < reportInterval(this.#deadlines)) return
    this.#lastReport = now
    this.#post({ type: 'reported' })
    if ((await this.#around.report(false)) === 'none') await this.verify()
  }

  /** `Stay signed in`: the only thing that renews once the warning is open. */
  async stay(): Promise<void> {
    this.#show({ stay: 'sending' })
    const answer = await this.#around.report(true)
    if (answer === 'unreachable') return this.#show({ stay: 'failed' })
    this.#lastReport = this.#around.now()
    // An answer that was asked for before the timer started again does not do.
    await this.#asking
    await this.verify()
    this.#show({ stay: 'ready' })
  }

  /** The notice of the absolute limit has been read. */
  dismiss(): void {
    this.#dismissed = this.#deadlines.expiresAt.getTime()
    this.#show({ alarm: null })
  }

  hide(): void {
    this.#show({ hidden: true })
  }

  hear(message: Message): void {
    if (message.type === 'began') {
      // Another session; or this one, which was locked and has been opened again in another tab.
      if (message.sessionId !== this.#who.sessionId || this.over) void this.verify()
    } else if (message.sessionId !== this.#who.sessionId) return
    else if (message.type === 'timeouts') this.tell(message.timeouts)
    else if (message.type === 'ended') this.ended(message.reason, message.at)
    else if (message.type === 'reported') this.#lastReport = this.#around.now()
    else if (message.type === 'reach') this.reached(message.reach)
  }

  /** The stream, another tab or two refusals say so. */
  ended(reason: ShownReason | null, at: string | null): void {
    if (this.over) return
    const known = this.view.lock
    this.#lock({
      reason: reason ?? known?.reason ?? null,
      at: at ? new Date(at) : (known?.at ?? null),
      returning: false,
    })
    this.#finish()
  }

  /**
   * Somebody is signed in now, as the server has just said: in another session than this page was drawn for, or in the
   * same one, which was locked. This watch is over either way; the page that is drawn anew has one of its own.
   */
  signedIn(found: Standing): void {
    this.#lock({ reason: null, at: null, returning: true })
    this.#finish()
    this.#around.comeBack(found.accountId === this.#who.accountId, found.sessionId === this.#who.sessionId)
  }

  /** Whether the server answers, as this or another tab has found. */
  reached(reach: Reach): void {
    const back = reach === 'reached' && this.#reach !== 'reached'
    this.#reach = reach
    this.#around.noteReach(reach)
    if (back) void this.verify()
  }

  /** The stream broke. @returns whether it should be opened again */
  async broke(): Promise<boolean> {
    await this.verify()
    return !this.over
  }

  /** Asks the server, once at a time however many want to know. */
  verify(): Promise<void> {
    this.#asking ??= this.#verify().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #verify(): Promise<void> {
    const { over } = this
    const told = this.#told
    let found = await this.#around.ask()
    if (found.state === 'none' && !this.over) {
      this.hide()
      await new Promise<void>((resolve) => this.#around.after(DOUBT, resolve))
      found = await this.#around.ask()
    }
    this.#noteReach(found.state === 'unreachable' ? 'unreachable' : 'reached')
    if (found.state === 'none') this.#refused()
    // What was on its way when the stream told the end, or newer limits, says nothing any more.
    else if (found.state === 'standing' && over === this.over) this.#stands(found, told === this.#told)
  }

  #stands(found: Standing, newest: boolean): void {
    if (this.view.lock?.returning) return
    if (this.over || found.sessionId !== this.#who.sessionId) this.signedIn(found)
    else {
      this.#show({ hidden: false })
      if (newest) this.tell(found.timeouts)
    }
  }

  #refused(): void {
    if (this.over) return
    const { reason = null, at = null } = this.view.lock ?? {}
    this.#post({ type: 'ended', reason, at: at?.toISOString() ?? null })
    this.ended(reason, null)
  }

  /** By the clock it is over, so nothing private stays, whether or not the server can be asked. */
  #runOut(reason: 'idle' | 'expired'): void {
    if (this.view.lock) return
    const { idleExpiresAt, expiresAt } = this.#deadlines
    this.#lock({ reason, at: reason === 'idle' ? idleExpiresAt : expiresAt, returning: false })
    void this.verify()
  }

  /** Somebody may have been active elsewhere, or this machine's clock was set: the server is asked first. */
  #warn(alarm: 'idle' | 'end', left: number): void {
    const { idleExpiresAt, expiresAt } = this.#deadlines
    const deadline = (alarm === 'idle' ? idleExpiresAt : expiresAt).getTime()
    if (this.#asked !== deadline) {
      this.#asked = deadline
      void this.verify().then(() => this.tick())
    } else this.#show({ alarm: alarm === 'end' && this.#dismissed === deadline ? null : alarm, left })
  }

  #moment() {
    return momentAt(this.#deadlines, serverNow(this.#deadlines, this.#around.now()))
  }

  #finish(): void {
    this.over = true
    this.stop()
    this.#around.rest()
  }

  #lock(lock: Lock): void {
    if (!this.view.lock) this.#around.keepDrafts()
    this.#show({ lock, alarm: null })
  }

  #noteReach(reach: Reach): void {
    if (reach !== this.#reach) this.#post({ type: 'reach', reach })
    this.#reach = reach
    this.#around.noteReach(reach)
  }

  #post(message: Unsigned): void {
    this.#around.post({ ...message, sessionId: this.#who.sessionId } as Message)
  }

  #show(changed: Partial<View>): void {
    const entries = Object.entries(changed) as [keyof View, unknown][]
    if (entries.every(([key, value]) => this.view[key] === value)) return
    this.view = { ...this.view, ...changed }
    for (const listener of this.#listeners) listener()
  }
}

type Unsigned = Message extends infer M ? (M extends Message ? Omit<M, 'sessionId'> : never) : never
