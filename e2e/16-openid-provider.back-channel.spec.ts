/**
 * # Applications are told when a session ends
 *
 * Threat: somebody signs out, or is signed out because a thief is at work, and the applications that they entered through
 * that session go on as if nothing had happened: they have sessions of their own.
 *
 * Promise: every application that was entered through a session is told when it ends, whatever ends it and whichever
 * process does, at once. It is told by a signed token that is good for this application, this session and two minutes. What
 * cannot be told is told later, also by the next process; and one that does not answer holds up nobody.
 */
import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { asvs, test as book, expect, type Person } from './book.ts'
import { signet } from './command-line.ts'
import { claimsOf, issued } from './oauth.ts'
import { type App, AT_SHORE, register, startRelyingParty } from './relying-party.ts'
import { freePort, type Server } from './server.ts'

/** The back door of an application, which can be shut and opened. */
class BackDoor {
  readonly told: string[] = []
  #server: HttpServer | undefined
  #waiting: (() => void)[] = []
  readonly port: number

  constructor(port: number) {
    this.port = port
  }

  get uri(): string {
    return `http://127.0.0.1:${this.port}/logout`
  }

  async open(): Promise<this> {
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      this.told.push(new URLSearchParams(body).get('logout_token') ?? '')
      response.end()
      for (const heard of this.#waiting.splice(0)) heard()
    })
    await once(server.listen(this.port, '127.0.0.1'), 'listening')
    this.#server = server
    return this
  }

  shut(): void {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }

  /** The next token that comes, or the last one that has come. */
  async token(): Promise<string> {
    if (this.told.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.told.at(-1) ?? ''
  }
}

const test = book.extend<{ readonly door: BackDoor }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  door: async ({}, use) => {
    const door = await new BackDoor(await freePort()).open()
    await use(door)
    door.shut()
  },
})

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

/** Whatever ends the session in which an application was linked. */
const ENDS: Readonly<Record<string, (who: { alice: Person; server: Server; sessionId: string }) => Promise<unknown>>> =
  {
    'signing out': ({ alice }) => alice.signOut(),
    'signing it out from another device': async ({ alice, sessionId }) => {
      const phone = await alice.anotherBrowser('safari-iphone')
      await phone.begin()
      expect((await phone.api.delete(`/api/sessions/${sessionId}`)).status()).toBe(204)
    },
    'signing out everywhere': async ({ alice }) =>
      expect((await alice.api.delete('/api/sessions?scope=all')).status()).toBe(200),
    'the command line, which is another process': ({ alice, server }) =>
      signet(server, 'sessions', 'end', '--user', alice.email),
  }

for (const [cause, end] of Object.entries(ENDS)) {
  test(`an application is told of ${cause}`, asvs('7.6.1', '9.2.2', '9.2.3'), async ({ alice, server, door }) => {
    const app = register(server, { backchannelLogoutUri: door.uri })
    const { id_token } = await issued(server, alice, app)
    const sessionId = await alice.sessionId()
    expect(claimsOf(id_token ?? '').sid).toBe(sessionId)
    await end({ alice, server, sessionId })
    await expectLogoutToken(server, app, await door.token(), claimsOf(id_token ?? ''))
    expect(door.told).toHaveLength(1)
  })
}

test('who is disconnected is told as well', asvs('7.6.1', '10.7.3'), async ({ alice, server, door }) => {
  const app = register(server, { backchannelLogoutUri: door.uri })
  const { id_token } = await issued(server, alice, app)
  await alice.page.goto('/account/apps')
  await alice.page.getByRole('button', { name: `Disconnect ${app.name}` }).click()
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click()
  await expectLogoutToken(server, app, await door.token(), claimsOf(id_token ?? ''))
  expect(await alice.isSignedIn()).toBe(true)
})

test('an application of its own signs its person out', asvs('7.6.1'), async ({ alice, server, guard }) => {
  const example = await startRelyingParty(server, guard)
  const elsewhere = await alice.context.newPage()
  await elsewhere.goto(`${example.origin}/sign-in`)
  await elsewhere.getByRole('button', { name: 'Allow' }).click()
  await expect(elsewhere.getByText('Signed in as')).toBeVisible()
  await alice.signOut()
  await expect(async () => {
    await elsewhere.goto(`${example.origin}/`)
    await expect(elsewhere.getByText('You are not signed in.')).toBeVisible({ timeout: 500 })
  }).toPass()
  await example.stop()
})

test('what cannot be told is told by the next process', asvs('7.6.1'), async ({ alice, server, door }) => {
  const app = register(server, { backchannelLogoutUri: door.uri })
  const { id_token } = await issued(server, alice, app)
  door.shut()
  await alice.signOut()
  // Nobody is looking while it restarts.
  await alice.page.close()
  const failures = () => server.db.prepare('select failures from logouts where client_id = ?').pluck().get(app.id)
  await expect.poll(failures).toBe(1)
  await server.restart()
  await door.open()
  server.db.prepare('update logouts set due_at = 0 where client_id = ?').run(app.id)
  await expectLogoutToken(server, app, await door.token(), claimsOf(id_token ?? ''))
  await expect.poll(failures).toBeUndefined()
  expect(server.log()).toContain('a relying party was not told of an end; it is tried again')
  expect(server.log(), 'no token is in the log').not.toContain(door.told[0])
})

/** Signed with a published key, for this application alone; it names the session, and cannot be taken for an ID token. */
async function expectLogoutToken(server: Server, app: App, token: string, { sub, sid }: Record<string, unknown>) {
  const keys = (await server.request({ path: '/oauth/jwks' })).json<JSONWebKeySet>()
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
    issuer: server.origin,
    audience: app.id,
    typ: 'logout+jwt',
  })
  const { iat = 0, exp = 0, jti, events, ...rest } = payload
  expect(rest).toEqual({ iss: server.origin, aud: app.id, sub, sid })
  expect(events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
  expect([exp - iat, typeof jti]).toEqual([120, 'string'])
  expect(decodeProtectedHeader(token).alg).toBe('ES256')
}
