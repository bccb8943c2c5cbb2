import { expect } from '@playwright/test'
import { newPending, test } from '#db/testing.ts'
import { randomId } from '#lib/random.ts'
import { adapterFor } from './adapter.ts'

process.env.SESSION_KEYS ||= 'taken:Wq7Zt2mXv9LcRb4KdYh6NsPf8GgJ3aTeU'

/** What the protocol library uses up, in a store of this test's own. */
test.beforeEach(({ store }) => {
  Object.assign(globalThis, { signetStore: store })
})
test.afterEach(() => {
  Object.assign(globalThis, { signetStore: undefined })
})

test('of any number of visits to a request that waits one takes it up', { tag: '@v5.0.0-15.4.2' }, async ({
  store,
}) => {
  const interactions = adapterFor('Interaction')
  const id = randomId()
  await interactions.upsert(id, { jti: id, kind: 'Interaction', params: {} }, 600)
  await store.pending.begin(newPending('application', null, { id }), null)
  const taken = await Promise.allSettled(Array.from({ length: 20 }, async () => interactions.destroy(id)))
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of taken) if (each.status === 'rejected') expect(each.reason.name).toBe('SessionNotFound')
  expect(await interactions.find(id)).toBeUndefined()
})
