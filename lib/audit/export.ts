/** Security events as a file. Pure. Times are ISO 8601 in UTC. */
import type { SecurityEvent } from '#db/contract.ts'
import { eventSentence } from './sentences.ts'

export interface ExportedEvent {
  readonly at: string
  readonly event: string
  readonly what: string
  readonly device: string | null
  readonly address: string | null
  readonly place: string | null
  readonly session: string | null
}

/** How an address is shown: whole or shortened. */
export type Shown = (ip: string) => string

export function exported(event: SecurityEvent, shown: Shown): ExportedEvent {
  const { at, kind, device, ip, place, sessionId } = event
  const address = ip && shown(ip)
  return { at: at.toISOString(), event: kind, what: eventSentence(event), device, address, place, session: sessionId }
}

/** RFC 4180, with a header line. */
export function csv(events: readonly ExportedEvent[]): string {
  const columns = ['at', 'event', 'what', 'device', 'address', 'place', 'session'] as const
  const lines = events.map((event) => columns.map((column) => cell(event[column])).join(','))
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

/** A value that a spreadsheet would run as a formula is kept text by an apostrophe. @see CWE-1236 */
function cell(value: string | null): string {
  const text = value ?? ''
  return `"${/^[=+\-@\t\r]/.test(text) ? "'" : ''}${text.replaceAll('"', '""')}"`
}
