import { performance } from 'node:perf_hooks'

/** Runs `work` for each item and answers how long each took, in microseconds. Promises are waited for. */
export async function timeEach<T>(items: readonly T[], work: (item: T) => unknown): Promise<Float64Array> {
  const times = new Float64Array(items.length)
  for (const [i, item] of items.entries()) {
    const from = performance.now()
    const result = work(item)
    if (result instanceof Promise) await result
    times[i] = (performance.now() - from) * 1000
  }
  return times
}

export function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    const [a, b] = [mixed[i] as T, mixed[j] as T]
    mixed[i] = b
    mixed[j] = a
  }
  return mixed
}
