import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '#db/contract.ts'
import { openStore } from '#db/index.ts'
import { settings } from '#lib/config.ts'
import { randomId } from '#lib/random.ts'
import { storeOptions } from '#lib/store.ts'
import { beginIn, type World } from './game.ts'

/** The embedded store with a clock of its own. */
export async function sqliteWorld(): Promise<World & { close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'signet-model-'))
  const start = Date.now()
  let passed = 0
  const clock = () => new Date(start + passed * 1000)
  const store = await openStore({ ...storeOptions(settings(), clock), url: `file:${join(directory, 'model.db')}` })
  return {
    store,
    begin: () => beginFor(store),
    wait: async (_, seconds) => {
      passed += seconds
    },
    limits: limitsOf(),
    async close() {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
}

export function limitsOf(): World['limits'] {
  const { policy } = settings()
  return {
    inactivity: policy.ordinary.inactivityTimeout,
    lifetime: policy.ordinary.absoluteLifetime,
    grace: policy.renewalGrace,
  }
}

export async function beginFor(store: Store) {
  const userId = randomId()
  const event = {
    kind: 'account-created',
    userId,
    sessionId: null,
    device: null,
    ip: null,
    place: null,
    detail: {},
  } as const
  await store.users.create({ id: userId, name: 'Ada', email: `${userId}@example.org`, passwordHash: 'none' }, event)
  const sessionId = randomId()
  const cookie = await beginIn(store, userId, sessionId, 'a browser')
  const endElsewhere = async () =>
    void (await store.sessions.endForUser(userId, { reason: 'administrator', endedBy: null }))
  return { sessionId, cookie, endElsewhere }
}
