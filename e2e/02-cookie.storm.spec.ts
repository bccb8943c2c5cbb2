import { asvs, expect, Guard, Person, somebody, startServer, test } from './book.ts'
import { lossyRelay } from './lossy-relay.ts'

/**
 * A token that is renewed can sign honest people out: two tabs renew at once, an answer is lost on the way, and the
 * browser is left with a token that the server has retired. The promise: however many requests race and however many
 * answers are lost, an honest browser stays signed in, and it stays one session with one token.
 */
const TABS = 3
const REQUESTS = 200

test(
  'two hundred requests race over three tabs, every third answer is lost, and nobody is signed out',
  asvs('7.2.4', 'WSTG-SESS-01'),
  async ({ browser }) => {
    test.setTimeout(120_000)
    const relay = await lossyRelay()
    const server = await startServer({ APP_ORIGIN: relay.origin })
    relay.aimAt(server.port)
    // A lost answer is an error in a console: here it is what is asked for.
    const guard = new Guard(relay.origin)
    const world = { browser, server: { ...server, origin: relay.origin }, guard }
    const alice = await Person.arrive(world, somebody('Alice'))
    await alice.haveAccount()
    const tabs = [alice.page, await alice.context.newPage(), await alice.context.newPage()]
    for (const tab of tabs) await tab.goto('/account')
    const [begun] = server.sessions(alice.email)
    if (!begun) throw new Error('Alice is signed in')
    const { id, generation: first } = begun

    for (let round = 1; round <= 3; round++) {
      server.ageSession(id, { renewed: 15 * 60, lastActive: 70, ...(round > 1 && { retired: 60, offered: 60 }) })
      relay.loseEvery(3)
      const statuses = (await Promise.all(tabs.map((tab) => tab.evaluate(storm, Math.ceil(REQUESTS / TABS))))).flat()
      relay.loseEvery(0)
      expect(new Set(statuses), 'every answer that arrives is one of a session that stands').toEqual(
        new Set([200, 204, 0]),
      )
      // More are lost than seen to be: a browser asks again by itself where it may.
      expect(relay.lost(), 'answers were lost').toBeGreaterThan((round * REQUESTS) / 6)
      for (const tab of tabs) await tab.goto('/account')
      for (const tab of tabs) await expect(tab).toHaveURL(`${relay.origin}/account`)
    }

    const rows = server.sessions(alice.email)
    expect(rows, 'one session, and no second one').toHaveLength(1)
    expect(rows[0]?.generation, 'its token was renewed on the way').toBeGreaterThanOrEqual(first + 3)
    expect(server.ended(alice.email)).toEqual([])
    await alice.context.close()
    await server.stop()
    relay.close()
  },
)

/** Runs in the page. Reads and deliberate requests by turns, all at once; 0 stands for an answer that never came. */
function storm(count: number): Promise<number[]> {
  const send = (n: number) => (n % 2 ? fetch('/api/session') : fetch('/api/session/activity', { method: 'POST' }))
  return Promise.all(
    Array.from({ length: count }, (_, n) =>
      send(n).then(
        ({ status }) => status,
        () => 0,
      ),
    ),
  )
}
