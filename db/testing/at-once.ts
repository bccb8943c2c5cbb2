/** As many connections as a store on Postgres has. */
const AT_ONCE = 10

/**
 * Calls `count` times, always as many at once as a store has connections: more would only stand in line for one, and
 * on a busy machine give up. Answers in the order of the calls; the first failure is thrown.
 */
export async function atOnce<T>(count: number, call: (index: number) => T | Promise<T>): Promise<T[]> {
  const answers: T[] = []
  let next = 0
  const line = async () => {
    while (next < count) {
      const index = next++
      answers[index] = await call(index)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line))
  return answers
}
