import { expect } from '@playwright/test'
import { DIALECTS, test } from '#db/testing.ts'
import { settings } from '#lib/config.ts'
import { type Cookie, setCookie } from '#lib/http/cookies.ts'
import { MINUTE } from '#lib/time.ts'
import { currentSession, recentProof } from './current.ts'
import { worldIn } from './model/world.ts'
import { passSession } from './passage.ts'

process.env.SESSION_KEYS = 'renewal:a-key-for-renewal-only-0123456789-abcdefghij'

/** A minute before a renewal is due, whatever another test of this process has set. Seconds. */
const almostDue = () => settings().policy.renewalInterval - MINUTE

const NOWHERE = { browser: null, os: null, kind: 'unknown', userAgent: null, ip: null, place: null } as const
const visit = (cookies: string) => passSession({ cookies, from: () => NOWHERE, deliberate: true, safe: true })
const press = (cookies: string) => passSession({ cookies, from: () => NOWHERE, deliberate: true, safe: false })
const jar = (cookie: Cookie | null) => (cookie ? (setCookie(cookie).split(';')[0] ?? '') : '')

async function proofWith(cookies: string) {
  const current = await currentSession(cookies)
  return current.state === 'standing' ? recentProof(current) : current.because
}

for (const dialect of DIALECTS) {
  test.describe(`renewal on ${dialect}`, () => {
    test.use({ dialect })

    test('all bearers of a token are handed the same successor', async ({ place }) => {
      const world = await worldIn(place)
      const { sessionId, cookie } = await world.begin()
      await world.wait(sessionId, almostDue())
      expect((await visit(cookie)).cookie, 'not due yet').toBeNull()
      await world.wait(sessionId, MINUTE)
      const offers = await Promise.all(Array.from({ length: 20 }, () => visit(cookie)))
      expect(new Set(offers.map((offer) => offer.cookie !== null))).toEqual(new Set([true]))
      const opened = await Promise.all(offers.map((offer) => currentSession(jar(offer.cookie))))
      const digests = opened.map((one) => (one.state === 'standing' ? one.seal.digest.toString('hex') : one.because))
      expect(new Set(digests).size, 'one token for all').toBe(1)
    })

    test('a change never begins a renewal, and is decided by the token it came with', async ({ place }) => {
      const world = await worldIn(place)
      const { sessionId, cookie } = await world.begin()
      await world.wait(sessionId, almostDue())
      await visit(cookie)
      await world.wait(sessionId, 5 * MINUTE)
      expect((await press(cookie)).cookie).toBeNull()
      expect(await proofWith(cookie), 'not superseded').toMatchObject({ sessionId })
    })

    test('an offer that was lost does not bar a sensitive act: the second press works', async ({ place }) => {
      const world = await worldIn(place)
      const { sessionId, cookie } = await world.begin()
      await world.wait(sessionId, almostDue())
      await visit(cookie)
      await world.wait(sessionId, MINUTE)
      expect((await visit(cookie)).cookie, 'offered, and lost on the way').not.toBeNull()
      // Within the grace of the offer, and twice after it has lapsed.
      for (const seconds of [1, 30, 30]) {
        await world.wait(sessionId, seconds)
        const pressed = await press(cookie)
        expect(await proofWith(cookie)).toBe('superseded')
        expect(pressed.cookie, 'the first press brings the successor').not.toBeNull()
      }
      const successor = jar((await press(cookie)).cookie)
      await press(successor)
      expect(await proofWith(successor), 'no longer superseded').toMatchObject({ sessionId })
    })

    test('once the successor was shown, the predecessor is served without a cookie, then ends the session', async ({
      place,
    }) => {
      const world = await worldIn(place)
      const { sessionId, cookie } = await world.begin()
      await world.wait(sessionId, almostDue())
      await visit(cookie)
      await world.wait(sessionId, MINUTE)
      const successor = jar((await visit(cookie)).cookie)
      await visit(successor)
      await world.wait(sessionId, 25)
      const inGrace = await visit(cookie)
      expect([inGrace.current?.state, inGrace.cookie]).toEqual(['standing', null])
      expect(await proofWith(cookie), 'and opens no sensitive act').toBe('superseded')
      await world.wait(sessionId, 5)
      expect((await visit(cookie)).current).toMatchObject({ state: 'none', because: 'over' })
      expect(await proofWith(successor), 'for both').toBe('over')
      expect(await world.store.sessions.ended(sessionId)).toMatchObject({ reason: 'replayed' })
    })

    test('a renewal that a sign-out has overtaken brings nothing back', async ({ place }) => {
      const world = await worldIn(place)
      const { sessionId, cookie } = await world.begin()
      await world.wait(sessionId, almostDue())
      await visit(cookie)
      await world.wait(sessionId, MINUTE)
      const late = jar((await visit(cookie)).cookie)
      const current = await currentSession(cookie)
      if (current.state !== 'standing') throw new Error('it stands')
      await world.store.sessions.signOut(current.proof)
      expect((await visit(late)).current).toMatchObject({ state: 'none', because: 'over' })
    })
  })
}
