/**
 * # Refresh tokens
 *
 * Threat: a refresh token is copied, and whoever has the copy stays in for as long as its owner, without anybody noticing.
 *
 * Promise: each is good once. One that comes again after its successor was shown is in two hands: whoever has it, all that
 * came of it is over at once, and the person is told. An answer that was lost on its way is no theft: asked again within
 * the grace, it is given once more. A refresh token ends when nobody uses it, when its session ends, and in any case at an
 * end that no use moves.
 *
 * Tried, and red: no grace for an answer that was lost; a refresh that is refused once its token is spent.
 */
import { asvs, expect, test } from './book.ts'
import { mailTo } from './mailbox.ts'
import { call, type Issued, issued, refresh, userInfo } from './oauth.ts'
import { type App, AT_SHORE, register } from './relying-party.ts'
import type { Server } from './server.ts'

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

async function next(server: Server, app: App, token: string): Promise<Issued> {
  const answer = await refresh(server, app, token)
  expect(answer.status, answer.body).toBe(200)
  return answer.json<Issued & Record<string, unknown>>()
}

async function expectOver(server: Server, app: App, tokens: Issued): Promise<void> {
  expect((await refresh(server, app, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  expect((await userInfo(server, tokens.access_token)).status).toBe(401)
}

test('each is good once, and the next one takes its place', asvs('10.4.5'), async ({ alice, server }) => {
  const app = register(server)
  const first = await issued(server, alice, app)
  const second = await next(server, app, first.refresh_token)
  const third = await next(server, app, second.refresh_token)
  expect(new Set([first, second, third].map(({ refresh_token }) => refresh_token)).size).toBe(3)
  expect((await userInfo(server, third.access_token)).status).toBe(200)
})

test(
  'one that comes again after its successor ends the family, and the person is told',
  asvs('10.4.5', '6.3.5'),
  async ({ alice, server }) => {
    const app = register(server)
    const first = await issued(server, alice, app)
    const second = await next(server, app, first.refresh_token)
    const third = await next(server, app, second.refresh_token)
    expect((await refresh(server, app, first.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
    await expectOver(server, app, third)
    expect(server.events(alice.email).map(({ kind }) => kind)).toContain('app-token-reused')
    const mail = await mailTo(server, alice.email, /was disconnected to be safe/)
    expect(mail.text).toContain('used twice')
    expect(await alice.isSignedIn(), 'the session itself goes on').toBe(true)
  },
)

test('an answer that was lost is given once more', asvs('10.4.5'), async ({ alice, server }) => {
  const app = register(server)
  const first = await issued(server, alice, app)
  await next(server, app, first.refresh_token)
  const again = await next(server, app, first.refresh_token)
  await next(server, app, again.refresh_token)
  expect(server.events(alice.email).map(({ kind }) => kind)).not.toContain('app-token-reused')
})

test('after the grace it is a theft', asvs('10.4.5'), async ({ alice, server }) => {
  const app = register(server)
  const first = await issued(server, alice, app)
  const second = await next(server, app, first.refresh_token)
  server.db.prepare('update artifacts set consumed_at = consumed_at - 31000 where consumed_at is not null').run()
  expect((await refresh(server, app, first.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  await expectOver(server, app, second)
})

test('another application cannot use it, nor harm its owner', asvs('RFC6749-6-client'), async ({ alice, server }) => {
  const [app, other] = [register(server), register(server)]
  const tokens = await issued(server, alice, app)
  expect((await refresh(server, other, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  const stolen = await refresh(server, { ...other, id: app.id }, tokens.refresh_token)
  expect(stolen.json()).toMatchObject({ error: 'invalid_client' })
  await next(server, app, tokens.refresh_token)
})

test('it gives no more than was granted', asvs('10.4.11'), async ({ alice, server }) => {
  const app = register(server)
  const tokens = await issued(server, alice, app, { scope: 'openid' })
  const wider = await refresh(server, app, tokens.refresh_token, { scope: 'openid email' })
  expect(wider.json()).toMatchObject({ error: 'invalid_scope' })
  const resource = await refresh(server, app, tokens.refresh_token, { resource: `${server.origin}/api` })
  expect(resource.json()).toMatchObject({ error: 'invalid_target' })
})

test('a refresh that asks for too much costs nothing', asvs('10.4.5', '10.4.11'), async ({ alice, server }) => {
  const app = register(server, { isPublic: true })
  const api = `${server.origin}/api`
  const tokens = await issued(server, alice, app, { scope: 'openid' })
  const asks: [error: string, form: Record<string, string>][] = [
    ['invalid_target', { resource: api }],
    ['invalid_target', { resource: 'https://elsewhere.example' }],
    ['invalid_scope', { scope: 'openid email' }],
    ['invalid_scope', { scope: 'openid sessions:read', resource: api }],
  ]
  for (const [error, form] of asks) {
    expect((await refresh(server, app, tokens.refresh_token, form)).json()).toMatchObject({ error })
  }
  const form = { grant_type: 'refresh_token', client_id: app.id, refresh_token: tokens.refresh_token }
  const several = new URLSearchParams([...Object.entries(form), ['resource', api], ['resource', api]])
  const twice = await server.request({
    method: 'POST',
    path: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: several.toString(),
  })
  expect(twice.json()).toMatchObject({ error: 'invalid_target' })
  // Had it been spent, it would be a theft by now.
  server.db
    .prepare(
      `update artifacts set consumed_at = consumed_at - 31000
        where consumed_at is not null and grant_id in (select id from grants where client_id = ?)`,
    )
    .run(app.id)
  await next(server, app, tokens.refresh_token)
  expect(server.events(alice.email).map(({ kind }) => kind)).not.toContain('app-token-reused')
})

test('no use moves its end', asvs('10.4.8'), async ({ alice, server }) => {
  const app = register(server)
  const first = await issued(server, alice, app)
  const end = () => server.db.prepare('select expires_at from grants where client_id = ?').get(app.id)
  const before = end()
  const second = await next(server, app, first.refresh_token)
  expect(end()).toEqual(before)
  server.db.prepare('update grants set expires_at = ? where client_id = ?').run(Date.now(), app.id)
  await expectOver(server, app, second)
})

test('unused it ends by itself', asvs('10.4.8'), async ({ alice, server }) => {
  const app = register(server)
  const tokens = await issued(server, alice, app)
  const { left } = server.db
    .prepare(`select max(expires_at) - :now as left from artifacts where kind = 'RefreshToken'`)
    .get({ now: Date.now() }) as { left: number }
  expect(left).toBeLessThanOrEqual(8 * 3600 * 1000)
  server.db.prepare(`update artifacts set expires_at = :now where kind = 'RefreshToken'`).run({ now: Date.now() })
  expect((await refresh(server, app, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
})

test(
  'taken back by its application, it takes its access tokens along',
  asvs('RFC7009-2.1-cascade', '10.4.9'),
  async ({ alice, server }) => {
    const [app, other] = [register(server), register(server)]
    const tokens = await issued(server, alice, app)
    const revoke = (who: App, token: string) => call(server, who, '/oauth/revoke', { token })
    expect((await revoke(other, tokens.refresh_token)).status, 'neutral, and nothing happens').toBe(200)
    expect((await revoke(app, 'nothing')).status).toBe(200)
    expect((await userInfo(server, tokens.access_token)).status).toBe(200)
    expect((await revoke(app, tokens.refresh_token)).status).toBe(200)
    await expectOver(server, app, tokens)
  },
)
