import type { Mail, Outbox, SecurityEvent } from '#db/contract.ts'
import { StoreUnavailable } from '#db/contract.ts'

/** A clock that the test turns. */
export class Clock {
  at = new Date('2026-01-01T12:00:00Z')
  readonly read = () => this.at
  forward(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000)
  }
}

type Row = Mail & { readonly dueAt: Date }

/** An outbox in memory that keeps the contract's promises. */
export class MemoryOutbox implements Outbox {
  readonly rows = new Map<number, Row>()
  /** Calls of these methods fail as in an outage. */
  away: readonly (keyof Outbox)[] = []
  readonly #clock: Clock
  #last = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  put(mail: Partial<Omit<Mail, 'id'>> = {}): number {
    const id = ++this.#last
    const user = { id: 'u', name: 'Alice', email: 'alice@example.org' }
    const to = mail.to ?? user.email
    const event = eventAt(this.#clock.at, { seq: 100 + id })
    this.rows.set(id, { user, event, sealed: null, failures: 0, ...mail, to, id, dueAt: this.#clock.at })
    return id
  }

  claim(most: number, lease: number): readonly Mail[] {
    this.#ask('claim')
    const due = [...this.rows.values()].filter(({ dueAt }) => dueAt <= this.#clock.at).slice(0, most)
    for (const row of due) this.#delay(row, lease)
    return due
  }

  sent(id: number): void {
    this.#ask('sent')
    this.rows.delete(id)
  }

  failed(id: number, after: number | null): void {
    this.#ask('failed')
    const row = this.rows.get(id)
    if (row && after !== null) this.#delay({ ...row, failures: row.failures + 1 }, after)
    else this.rows.delete(id)
  }

  waiting(): { count: number; oldest: Date | null } {
    return { count: this.rows.size, oldest: null }
  }

  #delay(row: Row, seconds: number): void {
    this.rows.set(row.id, { ...row, dueAt: new Date(this.#clock.at.getTime() + seconds * 1000) })
  }

  #ask(method: keyof Outbox): void {
    if (this.away.includes(method)) throw new StoreUnavailable('away')
  }
}

export function eventAt(at: Date, other: Partial<SecurityEvent> = {}): SecurityEvent {
  return {
    seq: 1,
    at,
    kind: 'password-changed',
    userId: 'u',
    sessionId: null,
    device: 'Firefox on Linux',
    ip: '192.0.2.1',
    place: 'Lyon, France',
    detail: {},
    ...other,
  }
}
