import type { Store } from '#db/contract.ts'
import type { Place } from '#db/testing/place.ts'
import { event, randomId } from '#db/testing.ts'
import { settings } from '#lib/config.ts'
import { storeOptions } from '#lib/store.ts'
import { beginIn, type World } from './game.ts'

const shared = globalThis as { signetStore?: Store }

/** A store for games, with the app's own rules. Time passes by making the session older. */
export async function worldIn(place: Place): Promise<World> {
  const { url: _, ...options } = storeOptions(settings())
  const store = await place.open(options)
  shared.signetStore = store
  const { ordinary, renewalGrace } = settings().policy
  return {
    store,
    begin: () => beginFor(store),
    wait: (sessionId, seconds) => place.age(seconds, sessionId),
    limits: { inactivity: ordinary.inactivityTimeout, lifetime: ordinary.absoluteLifetime, grace: renewalGrace },
  }
}

async function beginFor(store: Store) {
  const userId = randomId()
  const person = { id: userId, name: 'Ada', email: `${userId}@example.org`, passwordHash: 'none' }
  await store.users.create(person, event('account-created', userId))
  const sessionId = randomId()
  const cookie = await beginIn(store, userId, sessionId, 'a browser')
  const endElsewhere = async () => {
    await store.sessions.endForUser(userId, { reason: 'administrator', endedBy: null })
  }
  return { sessionId, cookie, endElsewhere }
}
