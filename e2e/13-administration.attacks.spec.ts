/**
 * # Administration, attacked
 *
 * Threat: whoever is no administrator looks for the pages, the actions behind them, and the fields that would make them
 * one; whoever found an administrator's browser open acts in their name; an act is aimed at what belongs to somebody else.
 *
 * Promise: to everybody else there is no administration: the answer is that of any path that leads nowhere, with scripts
 * or without, by page or by action. Looking takes the role; acting takes a fresh proof as well, and says why.
 */
import { formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { appoint, UserPage, userId } from './administrator.ts'
import { asvs, expect, Person, test } from './book.ts'
import { administrationPages, SOME_ID } from './routes.ts'
import type { Server } from './server.ts'

/** What an answer says, without what is new in each: nonces, form tokens, the path that was asked for. */
function said({ status, body }: { readonly status: number; readonly body: string }, path: string): unknown {
  const same = body
    .replaceAll(path, '/path')
    .replace(/nonce="[^"]*"|nonce\\":\\"[^"\\]*/g, '')
    .replace(/[\w-]{43}/g, 'token')
  return [status, same.match(/<body[\s\S]*<\/footer>|<body[\s\S]*?<script/)?.[0] ?? same]
}

const PATHS = [...administrationPages(), '/admin', '/admin/', '/admin/users/', '/admin/users/x/y', '/admin/%75sers']

test(
  'to whoever is no administrator there is no such page',
  asvs('8.3.1', 'WSTG-ATHZ-02', '7.4.5'),
  async ({ alice, bob, server }) => {
    expect(administrationPages().length).toBeGreaterThan(2)
    const cookie = await bob.cookieHeader()
    const nowhere = await server.request({ path: '/no-such-page', headers: { cookie } })
    expect(nowhere.status).toBe(404)
    expect(nowhere.body).toContain('There is no such page')
    for (const path of [...PATHS, `/admin/users/${userId(server, alice)}`, `/admin/users/${userId(server, bob)}`]) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const answer = await server.request({ method, path, headers: { cookie, origin: server.origin } })
        const expected = path.endsWith('/') ? [308] : method === 'POST' ? [400] : [404]
        expect(expected, `${method} ${path}`).toContain(answer.status)
        if (method === 'GET' && answer.status === 404)
          expect(said(answer, path), path).toEqual(said(nowhere, '/no-such-page'))
        expect(answer.body).not.toContain(alice.email)
      }
    }
    const rsc = await server.request({ path: '/admin/users?_rsc=x', headers: { cookie, rsc: '1' } })
    expect(rsc.body).not.toContain(alice.email)
  },
)

test('to an administrator a user that is not there looks the same', asvs('WSTG-ATHZ-04'), async ({ alice, server }) => {
  appoint(server, alice)
  const cookie = await alice.cookieHeader()
  const nowhere = await server.request({ path: '/no-such-page', headers: { cookie } })
  for (const id of [SOME_ID, 'x', '..%2f', "'", '%00', '__proto__']) {
    const path = `/admin/users/${id}`
    const answer = await server.request({ path, headers: { cookie } })
    expect(answer.status, path).toBe(404)
    expect(said(answer, path), path).toEqual(said(nowhere, '/no-such-page'))
  }
})

test('no link leads there, and without scripts it is the same', asvs('8.3.1'), async ({ bob, guard, world }) => {
  guard.allow(/status of 404/)
  const plain = await Person.arrive(world, bob, { javaScriptEnabled: false })
  await plain.begin()
  for (const person of [bob, plain]) {
    await person.page.goto('/account')
    await expect(person.page.getByRole('link', { name: 'Administration' })).toHaveCount(0)
    expect(await person.page.content()).not.toContain('/admin')
    await person.page.goto('/admin/users')
    await expect(person.page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
    await expect(person.page.getByRole('button', { name: 'Sign out' })).toBeVisible()
  }
})

/** A form of administration, with the person's own token in it: what a thief of the action's id would send. */
async function forged(server: Server, administrator: Person, person: Person, path: string) {
  const from = await formOn(server, path, 'dialog', await administrator.cookieHeader())
  const cookie = await person.cookieHeader()
  const own = await formOn(server, '/account', 'name', cookie)
  const token = own.fields.find(([name]) => name === 'formToken')?.[1] ?? ''
  const call = from.fields.filter(([name]) => name.startsWith('$'))
  return { cookie, action: from.action, call, token }
}

test(
  'the actions are nothing to whoever is no administrator, by whatever page',
  asvs('8.3.1', '7.2.1'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    for (const path of [`/admin/users/${userId(server, alice)}`, '/admin/sessions']) {
      const { cookie, action, call, token } = await forged(server, alice, bob, path)
      const wanted = { act: 'account-disabled', reason: 'mine now', confirmation: 'everybody', password: bob.password }
      const fields = Object.entries({ formToken: token, user: userId(server, alice), ...wanted })
      // What he has shown is too old to act with: an administrator would be asked, and the password checked.
      server.ageSession(await bob.sessionId(), { authenticated: 11 * 60 })
      const before = server.fingerprint()
      for (const at of [path, '/admin/users', '/account', '/', '/no-such-page', '/sign-in']) {
        const plain = await post(server, at, multipart([...call, ...fields]), { cookie, 'content-type': MULTIPART })
        const called = await post(
          server,
          at,
          multipart([
            ['0', '[{"status":"idle"},"$K1"]'],
            ...fields.map(([name, value]) => [`_1_${name}`, value] as const),
          ]),
          { cookie, 'content-type': MULTIPART, 'next-action': action },
        )
        if (at === path) expect([plain.status, called.status], at).toEqual([404, 404])
        // Elsewhere it is an action of another page.
        expect(Math.max(plain.status, called.status), at).toBeLessThan(500)
        expect(plain.body + called.body).not.toContain(alice.email)
      }
      expect(server.fingerprint(), 'not even the password was tried').toBe(before)
    }
    expect([await alice.isSignedIn(), await bob.isSignedIn()]).toEqual([true, true])
  },
)

test(
  'a role withdrawn while a form is open does nothing',
  asvs('8.3.1', '7.4.1'),
  async ({ alice, bob, server, guard }) => {
    guard.allow(/status of 404/)
    appoint(server, alice)
    const page = await new UserPage(server, alice, bob).open()
    const dialog = await page.ask('Disable account')
    await dialog.getByLabel('Reason').fill('too late')
    appoint(server, alice, false)
    await dialog.locator('button[type=submit]').last().click()
    await expect(alice.page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
    expect(await bob.isSignedIn()).toBe(true)
    expect(server.events(bob.email).map(({ kind }) => kind)).not.toContain('account-disabled')
  },
)

test(
  'an open browser of an administrator shows, and does nothing',
  asvs('7.5.2', '7.5.3', 'ASVS4-3.7.1'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    const page = new UserPage(server, alice, bob)
    for (const button of [
      'Disable account',
      'Delete account',
      'Make administrator',
      'End all sessions',
      'End Chrome',
    ]) {
      server.ageSession(await alice.sessionId(), { authenticated: 11 * 60 })
      const before = server.events(bob.email).length
      await page.open()
      await page.act(button, 'I found this browser open')
      await expect(page.dialog.getByText('Enter your password', { exact: false })).toBeVisible()
      await page.dialog.getByLabel('Password', { exact: true }).fill('not her password at all')
      await page.dialog.locator('button[type=submit]').last().click()
      await expect(page.dialog.getByText('That password is wrong. Nothing has been done.')).toBeVisible()
      expect(server.events(bob.email).length, button).toBe(before)
    }
    expect(await bob.isSignedIn()).toBe(true)
    server.forgetAttempts()
    await page.open()
    await page.act('Disable account', 'left the company', alice.password)
    await page.outcome('The account is disabled')
    expect(await bob.isSignedIn()).toBe(false)
  },
)

test(
  'a field more changes nothing more, and a wrong one nothing at all',
  asvs('15.3.3', '8.2.2', 'WSTG-ATHZ-04'),
  async ({ alice, bob, mallory, server }) => {
    await mallory.haveAccount()
    appoint(server, alice)
    const path = `/admin/users/${userId(server, bob)}`
    const cookie = await alice.cookieHeader()
    const { fields } = await formOn(server, path, 'dialog', cookie)
    const own = fields.filter(([name]) => name === 'formToken' || name.startsWith('$'))
    const send = (more: Record<string, string>) =>
      post(server, path, multipart([...own, ...Object.entries(more)]), { cookie, 'content-type': MULTIPART })
    const bobs = { user: userId(server, bob), reason: 'because' }
    const before = server.fingerprint()
    const wrong = [
      { ...bobs, act: 'password-changed', passwordHash: 'x' },
      { ...bobs, act: 'totp-removed' },
      { ...bobs, act: '__proto__' },
      { ...bobs, act: '' },
      { ...bobs, act: 'sessions-ended', session: (await mallory.row()).id },
      { ...bobs, act: 'sessions-ended', session: (await alice.row()).id },
      { ...bobs, act: 'sessions-ended', session: SOME_ID },
      { ...bobs, act: 'sessions-ended', session: '*' },
      { ...bobs, user: SOME_ID, act: 'account-deleted' },
      { ...bobs, user: '', act: 'account-deleted' },
      { ...bobs, act: 'account-disabled', reason: '' },
      { ...bobs, act: 'account-disabled', reason: 'x'.repeat(201) },
      { ...bobs, act: 'account-disabled', reason: 'a\nb' },
      { ...bobs, act: 'account-disabled', formToken: 'x'.repeat(43) },
    ]
    for (const each of wrong) {
      const { formToken, ...rest } = each as Record<string, string>
      const answer = formToken
        ? await post(
            server,
            path,
            multipart([
              ...own.filter(([name]) => name !== 'formToken'),
              ['formToken', formToken],
              ...Object.entries(rest),
            ]),
            { cookie, 'content-type': MULTIPART },
          )
        : await send(rest)
      expect(answer.status, JSON.stringify(each)).toBe(200)
    }
    expect(server.fingerprint()).toBe(before)
    const more = { administrator: '1', securityVersion: '99', email: 'x@x.example', by: 'shell', endedBy: 'nobody' }
    await send({ ...bobs, act: 'sessions-ended', ...more })
    const [row] = server.db.prepare('select * from users where email = ?').all(bob.email) as Record<string, unknown>[]
    expect(row).toMatchObject({ administrator: 0, security_version: 1, disabled_at: null })
    expect([await bob.isSignedIn(), await mallory.isSignedIn(), await alice.isSignedIn()]).toEqual([false, true, true])
  },
)

test(
  'whole addresses are shown for a fresh proof alone, and no page shows a secret',
  asvs('14.2.1', '7.5.2'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    const { id } = await bob.row()
    server.db.prepare("update sessions set ip = '203.0.113.77' where id = ?").run(id)
    const cookie = await alice.cookieHeader()
    const read = async (path: string) => (await server.request({ path, headers: { cookie } })).body
    const pages = [`/admin/users/${userId(server, bob)}`, '/admin/sessions']
    for (const path of pages) expect(await read(path), path).toContain('203.0.113.77')
    server.ageSession(await alice.sessionId(), { authenticated: 11 * 60 })
    const row = await bob.row()
    const hash = server.db.prepare('select password_hash from users where email = ?').pluck().get(bob.email) as string
    for (const path of [...pages, '/admin/users']) {
      const body = await read(path)
      expect(body, path).not.toContain('203.0.113.77')
      for (const secret of [hash, row.digest.toString('hex'), row.digest.toString('base64url')]) {
        expect(body.includes(secret), path).toBe(false)
      }
    }
  },
)
