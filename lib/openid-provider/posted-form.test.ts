import { expect } from '@playwright/test'
import { test } from '#db/testing.ts'
import { keepForm, takeForm } from './posted-form.ts'

process.env.SESSION_KEYS ||= 'posted:Wq7Zt2mXv9LcRb4KdYh6NsPf8GgJ3aTeU'

test.beforeEach(({ store }) => {
  Object.assign(globalThis, { signetStore: store })
})
test.afterEach(() => {
  Object.assign(globalThis, { signetStore: undefined })
})

test('a form waits for one visit, under its id, and is read by nobody meanwhile', {
  tag: '@v5.0.0-14.2.1',
}, async ({ place }) => {
  const form = 'id_token_hint=who+it+is&state=1&state=2'
  const id = await keepForm(form)
  expect(JSON.stringify(await place.dump())).not.toContain('who+it+is')
  expect(await takeForm(`${id}x`)).toBeNull()
  const taken = await Promise.all(Array.from({ length: 10 }, () => takeForm(id)))
  expect(taken.filter((each) => each !== null)).toEqual([form])
  const late = await keepForm(form)
  await place.ageLinked(60)
  expect(await takeForm(late)).toBeNull()
})
