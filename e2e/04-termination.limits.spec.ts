/**
 * # Termination: by the limit on sessions, and by a copied cookie
 *
 * Threat: sessions pile up unseen; or a thief signs in until the owner is pushed out, and nobody is told.
 *
 * Promise: at level 2 an account has at most ten sessions, and a new one ends the one that was used longest ago. Both
 * that and the end of a session whose cookie was copied are told, to the browser that had it and on the page.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { trySignIn } from './api.ts'
import { asvs, expect, test } from './book.ts'

const LIMIT = 10

test(
  'the eleventh sign-in ends the session that was used longest ago',
  asvs('7.1.2', 'WSTG-SESS-11'),
  async ({ alice, server }) => {
    const laptop = await alice.anotherBrowser('firefox-linux')
    await laptop.begin()
    for (let i = 2; i < LIMIT; i++) expect((await trySignIn(server, alice)).status).toBe(201)
    expect(server.sessions(alice.email)).toHaveLength(LIMIT)
    const oldest = await laptop.sessionId()
    server.ageSession(oldest, { lastActive: 300 })
    // Began first, but was in use just now.
    server.ageSession(await alice.sessionId(), { began: 3600 })
    expect((await trySignIn(server, alice)).status).toBe(201)
    expect(server.sessions(alice.email)).toHaveLength(LIMIT)
    expect(server.endedRow(oldest)).toMatchObject({ reason: 'limit' })
    await laptop.page.goto('/account')
    await expect(laptop.page).toHaveURL('/sign-in?reason=revoked&returnTo=%2Faccount')
    await expect(laptop.page.getByRole('status')).toContainText('the limit on sessions')
    const list = await new ActiveSessionsPage(alice.page).open()
    await expect(list.ended).toContainText('Session limit reached')
  },
)

test(
  'twenty sign-ins at once leave no more than the limit',
  asvs('7.1.2', 'WSTG-SESS-11', '15.4.2'),
  async ({ alice, server }) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => trySignIn(server, alice)))
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(LIMIT)
    expect(server.sessions(alice.email)).toHaveLength(LIMIT)
  },
)

test('sessions that have run out or are locked take no place', asvs('7.1.2'), async ({ alice, server }) => {
  for (let i = 1; i < LIMIT; i++) await trySignIn(server, alice)
  const [first, second, ...others] = server.sessions(alice.email)
  server.ageSession(second?.id ?? '', { began: 8 * 60 * 60 })
  for (const { id } of others) server.ageSession(id, { lastActive: 15 * 60 })
  for (let i = 0; i < 3; i++) expect((await trySignIn(server, alice)).status).toBe(201)
  expect(server.ended(alice.email).map(({ reason }) => reason)).toEqual(['expired'])
  expect(server.sessions(alice.email)).toHaveLength(LIMIT + 2)
  expect(server.row(first?.id ?? '')).toBeDefined()
})

test(
  'whoever shows a copied token too late ends the session, and its owner learns why',
  asvs('7.4.1', 'CS-SESS-anomaly', '16.3.3'),
  async ({ alice, mallory, server }) => {
    const id = await alice.sessionId()
    await mallory.copyCookiesFrom(alice)
    server.ageSession(id, { renewed: 15 * 60 })
    await alice.openSessions()
    await alice.openSessions()
    server.ageSession(id, { retired: 30 })
    await mallory.page.goto('/account')
    await expect(mallory.page).toHaveURL('/sign-in?reason=replayed&returnTo=%2Faccount')
    await alice.page.goto('/account/sessions')
    await expect(alice.page).toHaveURL('/sign-in?reason=replayed&returnTo=%2Faccount%2Fsessions')
    await expect(alice.page.getByRole('status')).toContainText('A copy of this session’s cookie was used')
    await alice.fillSignIn()
    await expect(alice.page.getByText('A copy of one of your sessions was used')).toBeVisible()
    await expect(alice.page.getByRole('region', { name: 'Recently ended' })).toContainText(
      'A copy of its cookie was used',
    )
    expect(server.events(alice.email).map(({ kind }) => kind)).toContain('session-replayed')
  },
)
