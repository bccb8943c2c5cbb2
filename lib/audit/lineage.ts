import 'server-only'
import { ID } from '#lib/random.ts'

/**
 * A session by which events are picked, from an address. Null for anything that cannot be a session's public id; whose
 * it is does not matter, since only the own account's events are looked through.
 */
export function parseSessionId(text: unknown): string | null {
  return typeof text === 'string' && ID.test(text) ? text : null
}
