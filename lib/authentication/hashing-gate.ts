/**
 * A ceiling on work that is costly on purpose. Pure.
 *
 * A password hash takes 19 MiB and some 10 ms of a core. Without a ceiling, a flood of sign-ins takes all memory and
 * every core; with it, the flood waits or is turned away and the rest of the app stays fast.
 */
export interface Gate {
  /** Runs `work` when there is a place, in the order of asking. `'busy'` at once when even the queue is full. */
  run<T>(work: () => Promise<T>): Promise<T | 'busy'>
  /** Whether `run` would answer `'busy'` now. */
  isFull(): boolean
}

export interface Ceilings {
  /** How many may be at work at once. */
  readonly running: number
  /**
   * How many more are handed over before their turn, so that whoever does the work goes on without asking. None while more
   * than half of the queue is taken: then a moment between two of them goes to everybody else.
   */
  readonly ahead: number
  /** How many more may wait. */
  readonly waiting: number
}

export function createGate({ running, ahead, waiting }: Ceilings): Gate {
  const queue: (() => void)[] = []
  let busy = 0

  const hasPlace = () => busy < (queue.length > waiting / 2 ? running : running + ahead)

  /** Places are handed over, not given up and fought for: nobody who asks later can be served earlier. */
  function leave(): void {
    busy--
    while (queue.length > 0 && hasPlace()) {
      busy++
      queue.shift()?.()
    }
  }

  return {
    async run(work) {
      if (queue.length === 0 && hasPlace()) busy++
      else if (queue.length < waiting) await new Promise<void>((admitted) => queue.push(admitted))
      else return 'busy'
      try {
        return await work()
      } finally {
        leave()
      }
    },
    isFull: () => queue.length >= waiting && !(queue.length === 0 && hasPlace()),
  }
}
