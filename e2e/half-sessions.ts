import { expect } from '@playwright/test'
import { giveFactors, newBrowser, newVictim, showPassword, type Victim } from './half-open.ts'
import { type MakeState, stateOf } from './half-states.ts'
import { administer, askForLink, NEW_PASSWORD, press, pressHere, show } from './half-steps.ts'

/** The same of whoever has, or almost has, a session: one that is locked, below its level, of an account that is gone. */

/** Seconds after which a session locks at level 2. */
const IDLE = 15 * 60

export const locked: MakeState = async (server) => {
  const victim = await newVictim(server)
  giveFactors(server, victim)
  const { jar, formToken, sessionId, email } = victim
  server.ageSession(sessionId, { lastActive: IDLE })
  const read = () => server.request({ path: '/api/session', headers: { cookie: jar.header } })
  expect((await read()).status).toBe(401)
  const own = ['DELETE /api/session', 'POST /sign-out']
  return {
    victim,
    half: { jar, formToken, shows: [email], own },
    next: async () => {
      expect((await showPassword(server, victim, jar)).status, 'one factor opens it again').toBe(201)
      expect((await read()).status).toBe(200)
    },
  }
}

/** Several things are under way in one browser: none of them helps another one. */
export const manyAtOnce: MakeState = async (server) => {
  const state = await locked(server)
  const { victim, half } = state
  const link = await askForLink(server, victim, half.jar)
  half.jar.keep(await server.request({ path: link, headers: { cookie: half.jar.header } }))
  half.jar.keep(await show(server, half.jar, '/api/session/challenge', { purpose: 'sign-in' }))
  return state
}

/** All was right, and there is no room. @param choice what makes some */
export function noRoom(own: readonly string[], choice: (victim: Victim) => unknown): MakeState {
  return async (server) => {
    const victim = await newVictim(server)
    const { app } = giveFactors(server, victim)
    const jar = await newBrowser(server)
    await showPassword(server, victim, jar)
    const full = await show(server, jar, '/api/session/factor', { type: 'totp', code: app.code() })
    expect(full.status, full.body).toBe(409)
    const shows = [victim.email, `Attic ${victim.mark}`]
    return stateOf(server, victim, jar.keep(full), { shows, own }, async () => {
      expect((await show(server, jar, '/api/session/limit', choice(victim))).status).toBe(201)
    })
  }
}

/** The cookie of before, and in the same browser a password that was right and a link that was opened. */
function gone(act: 'account-disabled' | 'account-deleted'): MakeState {
  return async (server) => {
    const victim = await newVictim(server)
    const { app } = giveFactors(server, victim)
    const { jar, formToken } = victim
    expect((await showPassword(server, victim, jar)).status).toBe(202)
    const link = await askForLink(server, victim, jar)
    jar.keep(await server.request({ path: link, headers: { cookie: jar.header } }))
    await administer(server, victim, act)
    return {
      victim,
      half: { jar, formToken },
      next: async () => {
        expect((await show(server, jar, '/api/session/factor', { type: 'totp', code: app.code() })).status).toBe(401)
        await pressHere(server, 'resetPasswordAction', jar, { newPassword: NEW_PASSWORD })
        for (const password of [victim.password, NEW_PASSWORD]) {
          const tried = await showPassword(server, { ...victim, password }, jar)
          expect([tried.status, tried.json().code]).toEqual([401, 'invalid_credentials'])
        }
      },
    }
  }
}

export const disabled = gone('account-disabled')
export const deleted = gone('account-deleted')

const ENROL = '/account/security/enrol'

/** Level 3: signed in by less than a passkey. */
export const belowItsLevel: MakeState = async (server) => {
  const victim = await newVictim(server, ENROL)
  const { jar, formToken, email, mark, sessionId } = victim
  const own = [
    `page ${ENROL}`,
    'action beginFirstPasskey',
    'action addFirstPasskey',
    'DELETE /api/session',
    'POST /sign-out',
  ]
  return {
    victim,
    half: { jar, formToken, own, goesTo: ENROL, shows: [email, `Vera ${mark}`] },
    next: async () => {
      const begun = await press(server, 'beginFirstPasskey', jar, { formToken })
      expect(begun.body).toContain('challenge')
      expect(server.row(sessionId), 'the session is what it was').toBeDefined()
      expect((await server.request({ path: '/api/session', headers: { cookie: jar.header } })).status).toBe(403)
    },
  }
}
