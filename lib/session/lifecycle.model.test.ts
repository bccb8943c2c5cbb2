import fc from 'fast-check'
import { DIALECTS, test } from '#db/testing.ts'
import { play } from './model/game.ts'
import { moves } from './model/moves.ts'
import { worldIn } from './model/world.ts'

/**
 * The life of a session as a game of random moves: a browser visits, reads, posts, sends requests in crowds, loses
 * answers or gets them late, and confirms who it is, which also opens a lock; time passes; a thief copies the cookie and
 * uses it; the owner ends it all. After each move the promises in `model/referee.ts` must hold. fast-check finds the
 * shortest game that breaks one.
 *
 * @see ASVS v5.0.0-7.2.4, 7.3.1, 7.3.2, 7.4.1
 */
process.env.SESSION_KEYS = 'model:a-key-for-games-only-0123456789-abcdefghijklm'
process.env.SESSION_RENEWAL_INTERVAL = '5m'
process.env.SESSION_ABSOLUTE_TIMEOUT = '2h'

/** A game on Postgres takes a few hundred round trips. */
const GAMES = { sqlite: 150, postgres: 40 }

for (const dialect of DIALECTS) {
  test.describe(`the life of a session on ${dialect}`, () => {
    test.use({ dialect })
    test('whatever happens in whatever order, its promises hold', async ({ place }) => {
      test.setTimeout(300_000)
      const world = await worldIn(place)
      const game = fc.array(moves, { minLength: 5, maxLength: 60, size: 'max' })
      await fc.assert(
        fc.asyncProperty(game, (played) => play(world, played)),
        { numRuns: GAMES[dialect] },
      )
    })
  })
}
