import { MINUTE, now, secondsBetween } from '#lib/time.ts'

/**
 * Keeps what anybody can cause from filling the log: of each name one line a minute, and the next one says how many were
 * left out. @param clock for tests
 */
export function seldom(clock: () => Date = now): (name: string, say: (leftOut: number) => void) => void {
  const told = new Map<string, { readonly at: Date; leftOut: number }>()
  return (name, say) => {
    const [at, last] = [clock(), told.get(name)]
    if (last && secondsBetween(last.at, at) < MINUTE) {
      last.leftOut += 1
      return
    }
    told.set(name, { at, leftOut: 0 })
    say(last?.leftOut ?? 0)
  }
}
