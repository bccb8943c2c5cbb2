import { test } from '@playwright/test'
import fc from 'fast-check'
import type { Store } from '#db/contract.ts'
import { moves, play } from './model/game.ts'
import { sqliteWorld } from './model/sqlite-world.ts'

/**
 * The life of a session as a game of random moves: a browser visits, reads, posts, sends requests in crowds, loses
 * answers or gets them late, and confirms who it is; time passes; a thief copies the cookie and uses it; the owner ends
 * it all. After each move the promises in `model/game.ts` must hold. fast-check finds the shortest game that breaks one.
 *
 * @see ASVS v5.0.0-7.2.4, 7.3.1, 7.3.2, 7.4.1
 */
process.env.SESSION_KEYS = 'model:a-key-for-games-only-0123456789-abcdefghijklm'
process.env.SESSION_RENEWAL_INTERVAL = '5m'
process.env.SESSION_ABSOLUTE_TIMEOUT = '2h'

const shared = globalThis as { signetStore?: Store }

for (const [name, open, games] of [['SQLite', sqliteWorld, 200]] as const) {
  test(`whatever happens in whatever order, the promises hold on ${name}`, async () => {
    test.setTimeout(300_000)
    const world = await open()
    shared.signetStore = world.store
    const game = fc.array(moves, { minLength: 5, maxLength: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(game, (played) => play(world, played)),
      { numRuns: games },
    )
    await world.close()
  })
}
