/**
 * One of a browser's tabs leads: it alone holds the event stream and tells the others. A lock decides which, so a
 * leader that closes or crashes is followed at once. Browsers without locks: every tab leads itself.
 * @see W3C Web Locks
 */
export interface Candidacy {
  /** The tab that is being looked at takes over, for a hidden one may have been put to sleep. */
  claim(): void
  resign(): void
}

type Locks = Pick<LockManager, 'request'>

/** @param lead called whenever this tab becomes the leader; what it answers is called when it no longer is */
export function standFor(name: string, locks: Locks | undefined, lead: () => () => void): Candidacy {
  if (!locks) return { claim() {}, resign: lead() }
  let leading = false
  let resigned = false
  let turn = new AbortController()
  const stand = async (steal: boolean): Promise<void> => {
    turn = new AbortController()
    const { signal } = turn
    let follow: (() => void) | undefined
    await locks
      .request(name, steal ? { steal } : { signal }, () => {
        if (signal.aborted) return
        leading = true
        follow = lead()
        return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      })
      .catch(() => {}) // The lock was taken over, or this tab has resigned.
    if (follow) leading = false
    follow?.()
    if (!signal.aborted) void stand(false)
  }
  void stand(false)
  return {
    claim() {
      if (leading || resigned) return
      turn.abort()
      void stand(true)
    },
    resign() {
      resigned = true
      turn.abort()
    },
  }
}
