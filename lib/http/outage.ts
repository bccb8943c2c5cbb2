/**
 * Whether this is the store's word that it cannot be reached. By its code: a bundler may instantiate a module more than
 * once in a process, so the class of an error that another part has thrown is another class.
 */
export function isOutage(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'store_unavailable'
}

/** What a form that was sent by a script is answered during an outage; the page then keeps what was typed. */
export const OUTAGE = 'unavailable'
