/**
 * # Reauthentication: each act by itself, at level 3
 *
 * Threat: within minutes of a proof of identity, whoever has the cookie, or a page that the person was led to, does with
 * it what the person never asked for. Or an answer that a passkey gave for one act is used for another one, with other
 * parameters, in another session, or twice.
 *
 * Promise: at level 3 each sensitive act takes a passkey that signs a challenge made for this very act with these very
 * parameters, in this session. An answer is good for one act; whatever else it is shown to refuses it, and uses it up.
 */
import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { actText } from '#lib/authentication/act-text.ts'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { appoint, UserPage } from './administrator.ts'
import { sendJson } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import { givePasskey, SoftPasskey, signInByButton, VirtualAuthenticator } from './factors.ts'
import { formTokenOn, Jar, pressed } from './half-open.ts'
import { NEW_PASSWORD } from './half-steps.ts'
import type { RawAnswer } from './raw.ts'
import { openSecurity } from './security-page.ts'
import type { Server } from './server.ts'
import { actionNamed } from './surface.ts'

test.use({ settings: { ASSURANCE_LEVEL: '3', SESSION_LIMIT: 'none' } })

/** Level 3: seconds within which one act has to be done. */
const WINDOW = 300

type Fields = Readonly<Record<string, string>>

/** A person with a passkey whose browser sends what it is told to. */
class Hand {
  readonly server: Server
  readonly passkey: SoftPasskey
  readonly jar = new Jar()

  constructor(server: Server, passkey: SoftPasskey) {
    this.server = server
    this.passkey = passkey
  }

  async begin(): Promise<this> {
    this.jar.keep(await this.passkey.signIn(this.server))
    return this
  }

  async send(method: string, path: string, data?: unknown): Promise<RawAnswer> {
    const answer = await sendJson(this.server, method, path, data, { headers: { cookie: this.jar.header } })
    this.jar.keep(answer)
    return answer
  }

  /** What the passkey signs for such an act. */
  async sign(act: string, given: Fields = {}): Promise<unknown> {
    const digest = createHash('sha256')
      .update(actText(act, Object.entries(given)))
      .digest('base64url')
    const asked = await this.send('POST', '/api/session/challenge', { purpose: 'reauthenticate', act: digest })
    expect(asked.status, asked.body).toBe(200)
    return this.passkey.get(asked.json())
  }

  show(response: unknown): Promise<RawAnswer> {
    return this.send('POST', '/api/session/reauthenticate', { type: 'passkey', response })
  }

  /** Confirms an act of the API. */
  async confirm(act: string, given?: Fields): Promise<void> {
    expect((await this.show(await this.sign(act, given))).status).toBe(200)
  }

  /** Presses the button of an act's form. */
  async press(name: string, fields: Fields, passkey?: unknown): Promise<RawAnswer> {
    const formToken = await formTokenOn(this.server, '/account/security', this.jar)
    const proof = passkey === undefined ? {} : { passkey: JSON.stringify(passkey) }
    const answer = await pressed(this.server, actionNamed(name), this.jar.header, { formToken, ...fields, ...proof })
    this.jar.keep(answer)
    return answer
  }

  async sessionId(): Promise<string> {
    return (await this.send('GET', '/api/session')).json<{ session: { id: string } }>().session.id
  }
}

async function handOf(server: Server, person: Person): Promise<Hand> {
  return new Hand(server, SoftPasskey.of(server, person)).begin()
}

const others = (hand: Hand) => hand.send('DELETE', '/api/sessions?scope=others')
const REQUIRED = { code: 'reauthentication_required' }

test.describe('over the API', () => {
  test(
    'a proof that is seconds old opens no act; what was confirmed opens that act once',
    asvs('7.5.2', '7.5.3'),
    async ({ alice, server }) => {
      const hand = await handOf(server, alice)
      expect(server.sessions(alice.email)).toHaveLength(2)
      expect((await others(hand)).json(), 'signed in just now').toMatchObject(REQUIRED)
      expect((await hand.show(await hand.sign('nothing of the kind'))).status).toBe(200)
      expect((await others(hand)).json(), 'shown just now, for something else').toMatchObject(REQUIRED)
      expect(server.sessions(alice.email)).toHaveLength(2)
      await hand.confirm('DELETE /api/sessions?scope=others')
      expect((await others(hand)).json()).toEqual({ ended: 1 })
      expect((await others(hand)).json(), 'and not twice').toMatchObject(REQUIRED)
    },
  )

  test('with other parameters it is refused, and used up', asvs('7.5.2', '7.5.3'), async ({ alice, server }) => {
    const hand = await handOf(server, alice)
    const [one, another] = [await handOf(server, alice), await handOf(server, alice)]
    const [target, other] = [await one.sessionId(), await another.sessionId()]
    await hand.confirm(`DELETE /api/sessions/${target}`)
    const before = server.fingerprint()
    expect((await hand.send('DELETE', `/api/sessions/${other}`)).json()).toMatchObject(REQUIRED)
    expect((await hand.send('DELETE', `/api/sessions/${target}`)).json(), 'burnt').toMatchObject(REQUIRED)
    expect(server.fingerprint(), 'nothing has changed').toBe(before)
    const name = { name: 'Kitchen' }
    await hand.confirm(`PATCH /api/sessions/${target}`, { name: 'Attic' })
    expect((await hand.send('PATCH', `/api/sessions/${target}`, name)).json()).toMatchObject(REQUIRED)
    await hand.confirm(`PATCH /api/sessions/${target}`, name)
    expect((await hand.send('PATCH', `/api/sessions/${target}`, name)).status).toBe(204)
    await hand.confirm(`DELETE /api/sessions/${target}`)
    expect((await hand.send('DELETE', `/api/sessions/${target}`)).status).toBe(204)
  })

  test('a new password is part of what is confirmed', asvs('7.5.1', '6.2.3'), async ({ alice, server }) => {
    const hand = await handOf(server, alice)
    const path = '/api/account/password'
    const passwords = { currentPassword: alice.password, newPassword: NEW_PASSWORD }
    expect((await hand.send('POST', path, passwords)).json()).toMatchObject(REQUIRED)
    await hand.confirm(`POST ${path}`, { newPassword: 'what somebody else would rather have' })
    expect((await hand.send('POST', path, passwords)).json()).toMatchObject(REQUIRED)
    const rows = server.db.prepare("select * from pending where kind in ('act', 'challenge')")
    await hand.confirm(`POST ${path}`, { newPassword: NEW_PASSWORD })
    const digest = createHash('sha256').update(actText(`POST ${path}`, Object.entries({ newPassword: NEW_PASSWORD })))
    expect(JSON.stringify(rows.all()), 'no row lets anybody try passwords').not.toContain(digest.digest('base64url'))
    expect((await hand.send('POST', path, passwords)).status).toBe(200)
  })

  test('it is good for a while, and in its own session', asvs('7.5.2', '7.2.4'), async ({ alice, bob, server }) => {
    const act = 'DELETE /api/sessions?scope=others'
    const hand = await handOf(server, alice)
    await hand.confirm(act)
    server.db.prepare("update pending set expires_at = created_at where kind = 'act'").run()
    expect((await others(hand)).json(), 'too late').toMatchObject(REQUIRED)

    // The same browser, and yet somebody else's session: as if all that binds it to the browser were copied.
    const stranger = await handOf(server, bob)
    const answer = await hand.sign(act)
    const [own] = hand.jar.header.match(/__Host-sign-in=[^;]*/) ?? []
    const [theirs] = stranger.jar.header.match(/__Host-session=[^;]*/) ?? []
    const headers = { cookie: `${own}; ${theirs}` }
    const body = { type: 'passkey', response: answer }
    const shown = await sendJson(server, 'POST', '/api/session/reauthenticate', body, { headers })
    expect(shown.json()).toMatchObject({ code: 'invalid_factor' })
    expect((await hand.show(answer)).json(), 'burnt').toMatchObject({ code: 'invalid_factor' })
    await hand.confirm(act)
    const used = await sendJson(server, 'DELETE', '/api/sessions?scope=others', undefined, { headers })
    expect(used.json()).toMatchObject(REQUIRED)
    expect((await others(hand)).json(), 'burnt').toMatchObject(REQUIRED)
  })
})

test.describe('in a form', () => {
  test(
    'an answer for another act, other parameters, or used before is refused, and used up',
    asvs('7.5.1', '7.5.2', '7.5.3'),
    async ({ alice, server }) => {
      const hand = await handOf(server, alice)
      const one = await handOf(server, alice)
      const [target, kept] = [await one.sessionId(), await hand.sessionId()]
      const fields = { act: 'sessions-ended', target }
      const refused = async (name: string, values: Fields, passkey?: unknown) => {
        expect((await hand.press(name, values, passkey)).body).toMatch(/passkey (?:could not be checked|that it)/)
        expect(server.sessions(alice.email)).toHaveLength(3)
      }
      await refused('endSessions', fields)
      await refused('endSessions', fields, await hand.sign('session-renamed', { target }))
      const answer = await hand.sign('sessions-ended', { target })
      await refused('endSessions', { ...fields, target: 'others' }, answer)
      await refused('endSessions', fields, answer)
      await refused(
        'endSessions',
        { ...fields, act: 'session-renamed' },
        await hand.sign('session-renamed', { target }),
      )
      const good = await hand.sign('sessions-ended', { target })
      expect((await hand.press('endSessions', fields, good)).body).toContain('is signed out')
      expect(server.sessions(alice.email).map(({ id }) => id)).toContain(kept)
      expect(server.sessions(alice.email)).toHaveLength(2)
      expect((await hand.press('endSessions', { ...fields, target: 'others' }, good)).body).toContain('not be checked')
    },
  )

  test(
    'what a confirmed act has begun goes on without a second proof, for five minutes, and nothing else does',
    asvs('7.5.1'),
    async ({ alice, server }) => {
      const hand = await handOf(server, alice)
      const unproven = await hand.press('beginAuthenticatorApp', { act: 'totp-added' })
      expect([unproven.status, unproven.headers.location], 'nothing is begun without').toEqual([200, undefined])
      const begun = await hand.press('beginAuthenticatorApp', { act: 'totp-added' }, await hand.sign('totp-added'))
      const id = /id=([\w-]{22})/.exec(begun.headers.location ?? '')?.[1] ?? ''
      const next = await hand.press('confirmAuthenticatorApp', { app: id, appCode: '000000' })
      expect(next.body, 'it gets as far as the code').toContain('That is not what the app shows')
      const foreign = await hand.press('confirmAuthenticatorApp', { app: 'A'.repeat(22), appCode: '000000' })
      expect(foreign.body).toContain('This took too long')
      server.ageSession(await hand.sessionId(), { authenticated: WINDOW })
      const late = await hand.press('confirmAuthenticatorApp', { app: id, appCode: '000000' })
      expect(late.body).not.toContain('That is not what the app shows')
    },
  )
})

/** Signs in as people do. */
async function atLevelThree(server: Server, person: Person): Promise<VirtualAuthenticator> {
  const authenticator = await VirtualAuthenticator.of(person)
  await authenticator.hold(givePasskey(server, person, 'Blue key'))
  givePasskey(server, person, 'Red key')
  await person.api.delete('/api/session')
  await signInByButton(person, authenticator)
  await expect(person.page).toHaveURL('/account/sessions')
  return authenticator
}

/** Whoever is signed out is offered their passkey at once: this one is not there by then. */
async function onceAsked(page: Page, authenticator: VirtualAuthenticator): Promise<void> {
  const sent = page.waitForRequest((request) => request.method() === 'POST' && !request.url().includes('/challenge'))
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm with a passkey' }).click()
  await sent
  await authenticator.answers(false)
}

test.describe('on the pages, one press asks the passkey and does what was asked', () => {
  test('of the sessions', asvs('7.5.2', '7.4.3'), async ({ alice, server }) => {
    for (const kind of ['firefox-linux', 'safari-mac'] as const) await (await alice.anotherBrowser(kind)).begin()
    const authenticator = await atLevelThree(server, alice)
    const list = await new ActiveSessionsPage(alice.page).open()
    const confirm = { name: 'Confirm with a passkey' }
    const row = await list.details('Firefox on Linux')
    await row.getByLabel('Your name for it').fill('Kitchen')
    await row.getByRole('button', confirm).click()
    await expect(list.row('Kitchen').getByRole('status')).toHaveText('Renamed to “Kitchen”.')
    const dialog = await list.ask('Kitchen')
    await expect(dialog.getByText('a passkey confirms each such act by itself')).toBeVisible()
    await dialog.getByRole('button', confirm).click()
    await expect(list.outcome).toHaveText('Kitchen is signed out.')
    await (await list.askOthers()).getByRole('button', confirm).click()
    await expect(list.outcome).toContainText('1 session signed out.')
    await list.askEverywhere()
    await onceAsked(alice.page, authenticator)
    await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
    expect(server.sessions(alice.email)).toHaveLength(0)
  })

  test('of the authenticators', asvs('7.5.1', '6.2.3'), async ({ alice, server }) => {
    await atLevelThree(server, alice)
    const { page } = alice
    const confirmIn = (text: string | RegExp) =>
      page.locator('form', { hasText: text }).getByRole('button', { name: 'Confirm with a passkey' }).first().click()
    await openSecurity(alice)
    await page.getByText('Rename Red key').click()
    await page.getByLabel('Name of the passkey').last().fill('Green key')
    const renaming = page.locator('form:visible', { hasText: 'Name of the passkey' })
    await renaming.getByRole('button', { name: 'Confirm with a passkey' }).click()
    await expect(page.getByRole('heading', { name: 'Green key' })).toBeVisible()
    await page.getByRole('button', { name: 'Remove Green key' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm with a passkey' }).click()
    await expect(page.getByText('The passkey is removed.')).toBeVisible()
    await page.getByText('Add another passkey').click()
    await confirmIn('Add a passkey')
    await expect(
      page.getByText('This device holds a passkey for your account already.'),
      'asked to make one',
    ).toBeVisible()
    await page.getByText('Make recovery codes').click()
    await confirmIn('Make ten codes')
    await expect(page.getByText('You have ten new recovery codes.')).toBeVisible()
    await page.getByLabel('New email').fill(`other.${alice.email}`)
    await confirmIn('New email')
    await expect(page.getByText('A mail is on its way to')).toBeVisible()
    await page.getByLabel('Current password').fill(alice.password)
    await page.getByLabel('New password').fill(NEW_PASSWORD)
    await confirmIn('Current password')
    await expect(page.getByText('Your password is changed.')).toBeVisible()
    await page.getByText('Add an authenticator app').click()
    await confirmIn('Have the app at hand')
    await expect(page.getByRole('heading', { name: 'Add an authenticator app' })).toBeVisible()
    await openSecurity(alice)
    await page.getByText('Delete this account').click()
    await page.getByLabel('Type your email address to confirm').fill(alice.email)
    await confirmIn('Type your email address to confirm')
    await expect(page).toHaveURL('/deleted')
  })

  test('of administration', asvs('7.4.5', '7.5.2'), async ({ alice, bob, server }) => {
    const authenticator = await atLevelThree(server, alice)
    appoint(server, alice)
    const user = await new UserPage(server, alice, bob).open()
    const dialog = await user.ask('Disable account')
    await dialog.getByLabel('Reason').fill('asked for in writing')
    await dialog.getByRole('button', { name: 'Confirm with a passkey' }).click()
    await user.outcome('The account is disabled')
    await alice.page.goto('/admin/sessions')
    await alice.page.getByRole('button', { name: 'End everybody’s sessions' }).first().click()
    await dialog.getByLabel('Reason').fill('tokens may have leaked')
    await dialog.getByLabel('Type “everybody”').fill('everybody')
    await onceAsked(alice.page, authenticator)
    await expect(alice.page).toHaveURL(/\/sign-in\?reason=revoked/)
  })
})
