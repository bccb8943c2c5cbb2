import { expect } from '@playwright/test'
import { sendJson } from './api.ts'
import { type App, giveApp, givePasskey, giveRecoveryCodes, type Passkey } from './factors.ts'
import { Jar, newBrowser, newVictim, showPassword, type Victim } from './half-open.ts'
import { administer, askForLink, NEW_PASSWORD, press, pressHere, show } from './half-steps.ts'
import { mailTo } from './mailbox.ts'
import type { Server } from './server.ts'

/** Somebody with all factors, signed in with two of them just now. */
export interface Ground {
  readonly server: Server
  readonly victim: Victim
  readonly app: App
  readonly passkey: Passkey
}

export async function newGround(server: Server): Promise<Ground> {
  const victim = await newVictim(server)
  const [app, passkey, codes] = [
    giveApp(server, victim),
    givePasskey(server, victim),
    giveRecoveryCodes(server, victim),
  ]
  const shown = await show(server, victim.jar, '/api/session/reauthenticate', { code: codes[0] })
  expect(shown.status, shown.body).toBe(200)
  victim.jar.keep(shown)
  return { server, victim, app, passkey }
}

export async function askToMove(server: Server, { jar, formToken }: Victim, newEmail: string): Promise<void> {
  const asked = await press(server, 'changeEmail', jar, { formToken, newEmail })
  expect(asked.body).toContain('A mail is on its way')
}

type Happens = (ground: Ground) => Promise<void>

const own = ({ server, victim: { jar, formToken } }: Ground, name: string, fields: Readonly<Record<string, string>>) =>
  press(server, name, jar, { formToken, ...fields })

function ends(scope: 'others' | 'all'): Happens {
  return async ({ server, victim: { jar } }) => {
    const headers = { cookie: jar.header }
    expect((await sendJson(server, 'DELETE', `/api/sessions?scope=${scope}`, undefined, { headers })).status).toBe(200)
  }
}

/** What happens to an account, and voids what was half done. */
export const EVENTS: Readonly<Record<string, Happens>> = {
  'the password was changed': async ({ server, victim: { jar, password } }) => {
    const passwords = { currentPassword: password, newPassword: NEW_PASSWORD }
    const changed = await show(server, jar, '/api/account/password', passwords)
    expect(changed.status, changed.body).toBe(200)
    jar.keep(changed)
  },
  'the recovery codes were replaced': async (ground) => {
    expect((await own(ground, 'replaceRecoveryCodes', {})).body).toContain('ten new recovery codes')
  },
  'the authenticator app was removed': async (ground) => {
    const removed = await own(ground, 'removeAuthenticator', { target: 'app' })
    expect(removed.body).toContain('The authenticator app is removed')
  },
  'the other sessions were ended': ends('others'),
  'all sessions were ended': ends('all'),
  'the address was changed': async ({ server, victim }) => {
    const email = `other.${victim.email}`
    await askToMove(server, victim, email)
    const { link } = await mailTo(server, email, /Confirm/)
    victim.jar.keep(await server.request({ path: link, headers: { cookie: victim.jar.header } }))
    await pressHere(server, 'confirmEmailAction', victim.jar)
    expect(server.db.prepare('select email from users where id = ?').pluck().get(victim.id)).toBe(email)
  },
  'the password was reset': async ({ server, victim }) => {
    const jar = await newBrowser(server)
    const link = await askForLink(server, victim, jar, 2)
    jar.keep(await server.request({ path: link, headers: { cookie: jar.header } }))
    await pressHere(server, 'resetPasswordAction', jar, { newPassword: NEW_PASSWORD })
    expect((await showPassword(server, { ...victim, password: NEW_PASSWORD }, new Jar())).status).toBe(202)
  },
  'somebody said that it was not them': async ({ server, victim }) => {
    const { link } = await mailTo(server, victim.email, /recovery code/i)
    const jar = await newBrowser(server)
    jar.keep(await server.request({ path: link, headers: { cookie: jar.header } }))
    await pressHere(server, 'reportAction', jar)
    expect(server.db.prepare('select password_hash from users where id = ?').pluck().get(victim.id)).toBeNull()
  },
  'an administrator ended the sessions': ({ server, victim }) => administer(server, victim, 'sessions-ended'),
  'the rights were withdrawn': ({ server, victim }) => administer(server, victim, 'administrator-withdrawn'),
  'the account was disabled': ({ server, victim }) => administer(server, victim, 'account-disabled'),
  'the account was disabled, and enabled again': async ({ server, victim }) => {
    await administer(server, victim, 'account-disabled')
    await administer(server, victim, 'account-enabled')
  },
  'the account was deleted': ({ server, victim }) => administer(server, victim, 'account-deleted'),
}
