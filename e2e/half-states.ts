import { expect } from '@playwright/test'
import { SoftPasskey } from './factors.ts'
import { formTokenOn, giveFactors, type Jar, newBrowser, newVictim, showPassword, type Victim } from './half-open.ts'
import { askForLink, NEW_PASSWORD, press, pressHere, show } from './half-steps.ts'
import { mailTo } from './mailbox.ts'
import type { Server } from './server.ts'
import type { HalfOpen } from './tries.ts'

/** The ways of being half in: how each comes about, and what it is good for once every door has been tried. */
export interface State {
  readonly victim: Victim
  readonly half: HalfOpen
  /** Its own next step works, or is none any more. */
  readonly next: () => Promise<void>
}

export type MakeState = (server: Server) => Promise<State>

/** A browser of its own that is half in. */
export async function stateOf(
  server: Server,
  victim: Victim,
  jar: Jar,
  more: Omit<HalfOpen, 'jar' | 'formToken'>,
  next: State['next'],
): Promise<State> {
  return { victim, half: { jar, formToken: await formTokenOn(server, '/sign-in', jar), ...more }, next }
}

export const anonymous: MakeState = async (server) => {
  const victim = await newVictim(server)
  giveFactors(server, victim)
  return stateOf(server, victim, await newBrowser(server), {}, async () => {})
}

export const resetAskedFor: MakeState = async (server) => {
  const victim = await newVictim(server)
  const jar = await newBrowser(server)
  const link = await askForLink(server, victim, jar)
  return stateOf(server, victim, jar, {}, async () => {
    jar.keep(await server.request({ path: link, headers: { cookie: jar.header } }))
    const { body } = await server.request({ path: '/reset-password', headers: { cookie: jar.header } })
    expect(body, 'whoever reads the mail goes on').toContain('name="newPassword"')
  })
}

export const resetOpened: MakeState = async (server) => {
  const victim = await newVictim(server)
  giveFactors(server, victim)
  const jar = await newBrowser(server)
  const link = await askForLink(server, victim, jar)
  jar.keep(await server.request({ path: link, headers: { cookie: jar.header } }))
  return stateOf(server, victim, jar, {}, async () => {
    await pressHere(server, 'resetPasswordAction', jar, { newPassword: NEW_PASSWORD })
    expect(jar.header, 'it signs nobody in').not.toContain('__Host-session')
    const first = await showPassword(server, { ...victim, password: NEW_PASSWORD }, jar)
    expect(first.status, 'and leaves out no second step').toBe(202)
  })
}

export const secondFactorDue: MakeState = async (server) => {
  const victim = await newVictim(server)
  const { app } = giveFactors(server, victim)
  const jar = await newBrowser(server)
  expect((await showPassword(server, victim, jar)).status).toBe(202)
  return stateOf(server, victim, jar, { shows: [victim.email] }, async () => {
    expect((await show(server, jar, '/api/session/factor', { type: 'totp', code: app.code() })).status).toBe(201)
  })
}

export const passkeyAskedAsSecond: MakeState = async (server) => {
  const victim = await newVictim(server)
  const { codes } = giveFactors(server, victim)
  const jar = await newBrowser(server)
  await showPassword(server, victim, jar)
  const asked = await show(server, jar, '/api/session/challenge', { purpose: 'factor' })
  expect(asked.status).toBe(200)
  return stateOf(server, victim, jar.keep(asked), { shows: [victim.email] }, async () => {
    const shown = await show(server, jar, '/api/session/factor', { type: 'recovery_code', code: codes[0] })
    expect(shown.status).toBe(201)
  })
}

export const passkeyAskedAlone: MakeState = async (server) => {
  const victim = await newVictim(server)
  giveFactors(server, victim)
  const passkey = SoftPasskey.of(server, victim)
  const jar = await newBrowser(server)
  const asked = await show(server, jar, '/api/session/challenge', { purpose: 'sign-in' })
  expect(asked.status).toBe(200)
  expect(asked.body, 'it names no passkey').not.toContain('allowCredentials":[{')
  return stateOf(server, victim, jar.keep(asked), {}, async () => {
    const response = passkey.get(asked.json())
    expect((await show(server, jar, '/api/session/factor', { type: 'passkey', response })).status).toBe(201)
    expect((await show(server, jar, '/api/session/factor', { type: 'passkey', response })).status, 'once').toBe(401)
  })
}

export const noticeOpened: MakeState = async (server) => {
  const victim = await newVictim(server)
  const { codes } = giveFactors(server, victim)
  await show(server, victim.jar, '/api/session/reauthenticate', { code: codes[0] })
  const { link } = await mailTo(server, victim.email, /recovery code/i)
  const jar = await newBrowser(server)
  jar.keep(await server.request({ path: link, headers: { cookie: jar.header } }))
  return stateOf(server, victim, jar, { own: ['action reportAction'] }, async () => {
    await pressHere(server, 'reportAction', jar)
    expect(jar.header, 'it signs nobody in').not.toContain('__Host-session')
    const hash = server.db.prepare('select password_hash from users where id = ?').pluck().get(victim.id)
    expect(hash, 'and shuts the account').toBeNull()
  })
}

export const emailUnconfirmed: MakeState = async (server) => {
  const victim = await newVictim(server)
  const email = `new.${victim.email}`
  const asked = await press(server, 'changeEmail', victim.jar, { formToken: victim.formToken, newEmail: email })
  expect(asked.body).toContain('A mail is on its way')
  const { link } = await mailTo(server, email, /Confirm/)
  const jar = await newBrowser(server)
  jar.keep(await server.request({ path: link, headers: { cookie: jar.header } }))
  return stateOf(server, victim, jar, {}, async () => {
    const address = () => server.db.prepare('select email from users where id = ?').pluck().get(victim.id)
    expect((await showPassword(server, { ...victim, email }, jar)).status, 'it opens nothing yet').toBe(401)
    await pressHere(server, 'askForResetAction', jar, { email })
    const reset = server.db.prepare("select user_id from pending where kind = 'reset' order by created_at desc").get()
    expect(reset, 'nobody’s link').toEqual({ user_id: null })
    await pressHere(server, 'confirmEmailAction', jar)
    expect(address(), 'the mail alone confirms nothing').toBe(victim.email)
    victim.jar.keep(await server.request({ path: link, headers: { cookie: victim.jar.header } }))
    await pressHere(server, 'confirmEmailAction', victim.jar)
    expect(address(), 'the mail and the session do').toBe(email)
  })
}
