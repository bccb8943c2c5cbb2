import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { createGate } from '#lib/authentication/hashing-gate.ts'

/** Work that ends when it is told to. */
function task(name: number, log: string[] = []) {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const work = () => {
    log.push(`start ${name}`)
    return promise
  }
  return { work, finish: () => resolve(name), fail: () => reject(new Error(`failed ${name}`)) }
}

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('two run, two wait in order, the fifth is turned away at once', async () => {
  const gate = createGate({ running: 2, ahead: 0, waiting: 2 })
  const log: string[] = []
  const tasks = [1, 2, 3, 4, 5].map((name) => task(name, log))
  const results = tasks.map(({ work }) => gate.run(work))
  expect(await results[4]).toBe('busy')
  expect(gate.isFull()).toBe(true)
  expect(log).toEqual(['start 1', 'start 2'])
  tasks[1]?.finish()
  await settle()
  expect(gate.isFull()).toBe(false)
  expect(log).toEqual(['start 1', 'start 2', 'start 3'])
  tasks[0]?.finish()
  tasks[2]?.finish()
  tasks[3]?.finish()
  expect(await Promise.all(results.slice(0, 4))).toEqual([1, 2, 3, 4])
  expect(log.at(-1)).toBe('start 4')
})

test('one more is at hand, unless more than half of the queue is taken', async () => {
  const gate = createGate({ running: 1, ahead: 1, waiting: 4 })
  const log: string[] = []
  const tasks = [1, 2, 3, 4, 5, 6].map((name) => task(name, log))
  const results = tasks.map(({ work }) => gate.run(work))
  expect(log).toEqual(['start 1', 'start 2'])
  expect(gate.isFull()).toBe(true)
  tasks[0]?.finish()
  await settle()
  expect(log, 'a crowd: the second is at work, none at hand').toHaveLength(2)
  tasks[1]?.finish()
  await settle()
  expect(log, 'three wait: one at work').toHaveLength(3)
  tasks[2]?.finish()
  await settle()
  expect(log, 'two wait: one at work, one at hand').toHaveLength(5)
  for (const { finish } of tasks) finish()
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5, 6])
})

test('an error reaches its caller and frees the place', async () => {
  const gate = createGate({ running: 1, ahead: 0, waiting: 1 })
  const [first, second] = [task(1), task(2)]
  const failing = gate.run(first.work)
  const waiting = gate.run(second.work)
  first.fail()
  await expect(failing).rejects.toThrow('failed 1')
  second.finish()
  expect(await waiting).toBe(2)
  const synchronous = () => {
    throw new Error('at once')
  }
  await expect(gate.run(synchronous)).rejects.toThrow('at once')
  expect(await gate.run(async () => 3)).toBe(3)
})

test('never more than the ceiling, none forgotten, whatever the order', async () => {
  const script = fc.array(fc.record({ ask: fc.nat(4), finish: fc.nat(4) }), { maxLength: 30 })
  const ceilings = fc.record({ running: fc.integer({ min: 1, max: 3 }), ahead: fc.nat(2), waiting: fc.nat(4) })
  await fc.assert(
    fc.asyncProperty(script, ceilings, async (steps, { running, ahead, waiting }) => {
      const gate = createGate({ running, ahead, waiting })
      const open: (() => void)[] = []
      const answers: Promise<unknown>[] = []
      let [now, most] = [0, 0]
      const work = async () => {
        most = Math.max(most, ++now)
        await new Promise<void>((resolve) => open.push(resolve))
        now--
        return 'done'
      }
      for (const { ask, finish } of steps) {
        for (let i = 0; i < ask; i++) answers.push(gate.run(work))
        await settle()
        for (const end of open.splice(0, finish)) end()
        await settle()
      }
      while (open.length > 0) {
        for (const end of open.splice(0)) end()
        await settle()
      }
      const said = await Promise.all(answers)
      expect(most).toBeLessThanOrEqual(running + ahead)
      expect(said.every((answer) => answer === 'done' || answer === 'busy')).toBe(true)
      expect(await Promise.race([gate.run(async () => 'free'), settle()])).toBe('free')
    }),
    { numRuns: 60 },
  )
})
