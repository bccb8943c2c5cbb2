import { expect, test } from '@playwright/test'
import { type Candidacy, standFor } from './leader.ts'

// Node has the same locks as browsers from version 24 on.
test.skip(!navigator.locks, 'this Node has no locks')

/** Tabs of one browser. */
function tabs(count: number) {
  const leading = new Set<number>()
  const name = `test ${performance.now()}`
  const stand = (tab: number): Candidacy =>
    standFor(name, navigator.locks, () => {
      leading.add(tab)
      return () => leading.delete(tab)
    })
  return { leading: () => [...leading], tabs: Array.from({ length: count }, (_, tab) => stand(tab)) }
}

test('one tab leads, and another one as soon as it goes', async () => {
  const { leading, tabs: all } = tabs(3)
  await expect.poll(leading).toEqual([0])
  all[0]?.resign()
  await expect.poll(leading).toEqual([1])
  all[2]?.resign()
  all[1]?.resign()
  await expect.poll(leading).toEqual([])
})

test('the tab that is looked at takes over, and hands on when it goes', async () => {
  const { leading, tabs: all } = tabs(2)
  await expect.poll(leading).toEqual([0])
  all[1]?.claim()
  await expect.poll(leading).toEqual([1])
  all[1]?.claim()
  all[1]?.resign()
  await expect.poll(leading).toEqual([0])
  all[0]?.resign()
})

test('a tab that resigns while it takes over never leads', async () => {
  const { leading, tabs: all } = tabs(2)
  await expect.poll(leading).toEqual([0])
  all[1]?.claim()
  all[1]?.resign()
  await expect.poll(leading).toEqual([0])
  all[0]?.resign()
  await expect.poll(leading).toEqual([])
})

test('without locks every tab leads itself', () => {
  const led: string[] = []
  const { resign } = standFor('x', undefined, () => {
    led.push('leads')
    return () => led.push('follows')
  })
  resign()
  expect(led).toEqual(['leads', 'follows'])
})
