/** Calls under way, by what they are about. */
const last = new Map<string, Promise<unknown>>()

/**
 * Calls about the same thing, one after the other. A code that is redeemed twice at once has one success, and it is whole
 * before the second takes everything away again that came of it. Another process may come in between: then there is none.
 */
export async function inTurn<T>(about: string | null, call: () => Promise<T>): Promise<T> {
  if (about === null) return call()
  const before = last.get(about) ?? Promise.resolve()
  const mine = before.then(call, call)
  last.set(about, mine)
  try {
    return await mine
  } finally {
    if (last.get(about) === mine) last.delete(about)
  }
}
