/**
 * # Two machines: the same book, opened on Postgres
 *
 * Threat: what holds on the embedded database, by one writer and one file, is promised for the other one; and with
 * a second machine each sign-out gets a window, until the news has travelled.
 *
 * Promise: two servers on one Postgres are one Signet. What ends on one is over on the other at once, its open pages are
 * told, and so are applications and their tokens. While the database is away nothing opens, and afterwards all goes on.
 */
import { type Cluster, startCluster } from '../db/testing/cluster.ts'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, test as book, expect, type Person } from './book.ts'
import { signetWith } from './command-line.ts'
import { openStream } from './event-stream.ts'
import { codeFor, type Issued, pkce, redeem, refresh, userInfo } from './oauth.ts'
import { type App, AT_SHORE, EVERYTHING, SHORE } from './relying-party.ts'
import { type Server, startServer } from './server.ts'

/** What two machines have in common by settings, since no folder is common to them. */
const SHARED = { SESSION_KEYS: 'k1:4Xq9vT2mZr7Lc0Wn5Yb8Kd3Hf6Jg1PsA', SESSION_EPOCH: '1' }

interface Machines {
  readonly cluster: Cluster | string
  readonly database: string
  /** The other server, asked under the name of both. */
  readonly beside: Server
}

const test = book.extend<{ readonly there: undefined }, Machines>({
  cluster: [
    async ({ settings: _ }, use) => {
      const cluster = await startCluster()
      await use(cluster)
      if (typeof cluster !== 'string') await cluster.remove()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  database: [
    async ({ cluster }, use) => use(typeof cluster === 'string' ? '' : await cluster.database()),
    { scope: 'worker' },
  ],
  server: [
    async ({ database }, use) => {
      const server = await startServer({ ...SHARED, ...(database && { DATABASE_URL: database }) })
      // There is no file of ours to look into.
      await use({ ...server, beginTest: () => undefined })
      await server.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  beside: [
    async ({ server, database }, use) => {
      const { origin } = server
      const other = await startServer({ ...SHARED, APP_ORIGIN: origin, ...(database && { DATABASE_URL: database }) })
      const host = new URL(origin).host
      await use({
        ...other,
        request: ({ headers, ...what }) => other.request({ ...what, headers: { host, ...headers } }),
      })
      await other.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  there: [
    async ({ cluster }, use, testInfo) => {
      if (typeof cluster === 'string') console.error(`NOT TESTED on Postgres: ${cluster}`)
      testInfo.skip(typeof cluster === 'string', String(cluster))
      await use(undefined)
    },
    { auto: true },
  ],
})

/** Whether the other machine takes this browser for signed in. */
async function isSignedInAt(beside: Server, person: Person): Promise<boolean> {
  const headers = { cookie: await person.cookieHeader() }
  return (await beside.request({ path: '/api/session', headers })).status === 200
}

test(
  'a device that is signed out on one machine is out on the other, and its page there is told',
  asvs('7.4.1', '7.5.2'),
  async ({ alice, server, beside }) => {
    const phone = await alice.anotherBrowser('safari-iphone')
    await phone.begin()
    expect([await isSignedInAt(beside, alice), await isSignedInAt(beside, phone)]).toEqual([true, true])
    const stream = await openStream(server, { cookie: await phone.cookieHeader(), port: beside.port })
    await stream.next('timeouts')
    const list = await new ActiveSessionsPage(alice.page).open()
    const dialog = await list.ask('Safari on iOS')
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await expect(list.outcome).toHaveText('Safari on iOS is signed out.')
    expect(await isSignedInAt(beside, phone)).toBe(false)
    expect(await stream.next('ended')).toMatchObject({ reason: 'revoked' })
    await stream.closed
    expect([await isSignedInAt(beside, alice), await alice.isSignedIn()]).toEqual([true, true])
  },
)

test(
  'everybody’s sessions are over on both when the answer comes, and it is said what keeps backups from reviving them',
  asvs('7.4.5', '7.4.1'),
  async ({ alice, bob, server, beside, database }) => {
    const settings = { ...SHARED, DATABASE_URL: database }
    await signetWith(settings, server, 'users', 'grant-admin', alice.email)
    await alice.begin()
    await alice.page.goto('/admin/sessions')
    await alice.page.getByRole('button', { name: 'End everybody’s sessions' }).first().click()
    const dialog = alice.page.getByRole('dialog')
    await expect(dialog.getByText('set SESSION_EPOCH to 2 on every node')).toBeVisible()
    await dialog.getByLabel('Reason').fill('tokens have leaked')
    await dialog.getByLabel('Type “everybody” to confirm').fill('everybody')
    await dialog.getByRole('button', { name: 'End everybody’s sessions' }).click()
    await expect(alice.page.getByLabel('Email')).toBeVisible()
    expect([await isSignedInAt(beside, alice), await isSignedInAt(beside, bob)]).toEqual([false, false])
    await bob.begin()
    const said = await signetWith(settings, server, 'sessions', 'end', '--all')
    expect(said).toContain('set SESSION_EPOCH=2 on every node')
    expect(await isSignedInAt(beside, bob)).toBe(false)
  },
)

/** Registered by the command that an administrator would use. */
async function registered(server: Server, database: string): Promise<App> {
  const redirectUri = `${SHORE}/callback`
  const name = 'Pocket Calendar'
  const add = ['clients', 'add', name, '--redirect', redirectUri, '--confidential', '--scope', EVERYTHING]
  const said = await signetWith({ ...SHARED, DATABASE_URL: database }, server, ...add)
  const [, id = ''] = /^CLIENT_ID=(.*)$/m.exec(said) ?? []
  const [, secret = ''] = /^CLIENT_SECRET=(.*)$/m.exec(said) ?? []
  return { id, secret, assertion: null, name, redirectUri }
}

test(
  'an application let in on one machine is served by the other, for as long as its session lives',
  asvs('10.4.5', '10.4.8', '7.4.1', '9.1.1'),
  async ({ alice, guard, server, beside, database }) => {
    guard.allow(AT_SHORE)
    const app = await registered(server, database)
    const proof = pkce()
    const code = await codeFor(alice, app, proof)
    const issued = await redeem(beside, app, code, proof)
    expect(issued.status, issued.body).toBe(200)
    const renewed = await refresh(server, app, issued.json<Issued>().refresh_token)
    expect(renewed.status, renewed.body).toBe(200)
    const { access_token: token, refresh_token: next } = renewed.json<Issued>()
    expect((await userInfo(beside, token)).status).toBe(200)

    const other = pkce()
    const wish = { scope: 'openid sessions:read', resource: `${server.origin}/api` }
    const forApi = (await redeem(beside, app, await codeFor(alice, app, other, wish), other)).json<Issued>()
    const headers = { authorization: `Bearer ${forApi.access_token}` }
    expect((await beside.request({ path: '/api/sessions', headers })).status).toBe(200)

    await alice.signOut()
    expect((await userInfo(beside, token)).status).toBe(401)
    expect((await beside.request({ path: '/api/sessions', headers })).status).toBe(401)
    const refused = await refresh(beside, app, next)
    expect([refused.status, refused.json()]).toMatchObject([400, { error: 'invalid_grant' }])
    const late = await redeem(server, app, code, proof)
    expect([late.status, late.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  },
)

test(
  'while the database is away nothing opens, and when it is back everybody goes on',
  asvs('16.5.2', '16.5.3'),
  async ({ alice, guard, cluster, beside }) => {
    guard.allow(/status of 503/)
    if (typeof cluster === 'string') return
    await cluster.stop()
    expect((await alice.api.get('/api/session')).status()).toBe(503)
    expect((await alice.page.goto('/account/sessions'))?.status()).toBe(503)
    await cluster.start()
    await expect.poll(async () => (await alice.api.get('/api/session')).status()).toBe(200)
    await expect.poll(() => isSignedInAt(beside, alice)).toBe(true)
    await alice.openSessions()
    await alice.api.delete('/api/session')
    expect(await isSignedInAt(beside, alice), 'and ends are seen as before').toBe(false)
  },
)
