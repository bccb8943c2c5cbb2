/**
 * A ceiling on work that is costly on purpose. Pure.
 *
 * A password hash takes 19 MiB and some 10 ms of a core. Without a ceiling, a flood of sign-ins takes all memory and
 * all threads of the pool that file reads need too; with it, the flood waits or is turned away and the rest of the
 * app stays fast.
 */
export interface Gate {
  /** Runs `work` when there is a place, in the order of asking. `'busy'` at once when even the queue is full. */
  run<T>(work: () => Promise<T>): Promise<T | 'busy'>
  /** Whether `run` would answer `'busy'` now. */
  isFull(): boolean
}

/**
 * @param running how many may run at once
 * @param waiting how many more may wait for a place
 */
export function createGate({ running, waiting }: { readonly running: number; readonly waiting: number }): Gate {
  const queue: (() => void)[] = []
  let busy = 0

  /** The place is handed over, not given up and fought for: nobody who asks later can be served earlier. */
  function leave(): void {
    const next = queue.shift()
    if (next) next()
    else busy--
  }

  return {
    async run(work) {
      if (busy < running) busy++
      else if (queue.length < waiting) await new Promise<void>((admitted) => queue.push(admitted))
      else return 'busy'
      try {
        return await work()
      } finally {
        leave()
      }
    },
    isFull: () => busy >= running && queue.length >= waiting,
  }
}
