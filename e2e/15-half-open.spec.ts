/**
 * # Half-open
 *
 * Threat: something was begun and is not finished: a password that was right, a link that was opened, a session that is
 * locked, an account that was just disabled. Somewhere among all pages, methods and forms there is one that takes it for
 * a session, shows a name or an address, or moves a row.
 *
 * Promise: a half opens its own next step and nothing else. Every page, method and server action there is refuses it: by
 * a redirect to sign in, or by 401; with nothing of the account in body, header or cookie; with every row as it was.
 * What there is, is read from the folders and the build (`surface.ts`): what is new is private, and in these tests, until
 * somebody writes down why it is not.
 *
 * Tried, and red: a page that nobody wrote down; a locked session taken for one that stands, or ended by
 * whoever looks; a second factor that is due taken for the account's session; a session below its level taken for one
 * that stands; a refusal of the API, and the page that asks to sign in first, with the address in it; a new address
 * confirmed without a session; an account that is not shut when it is disabled.
 */
import { asvs, expect, test } from './book.ts'
import { dump, giveFactors, newVictim, pressed, showPassword } from './half-open.ts'
import { consentWaiting } from './half-requests.ts'
import * as sessions from './half-sessions.ts'
import * as states from './half-states.ts'
import { expectQuiet } from './quiet.ts'
import { expectNothingOf, expectShut } from './refusals.ts'
import { type Settings, startServer } from './server.ts'
import { everyDoor, isPublic, outlived } from './surface.ts'

// Some hundred requests each, on machines that do other things too.
test.describe.configure({ timeout: 180_000 })

test('whatever is not written down as public is private', asvs('8.3.1', 'WSTG-ATHZ-02'), () => {
  const names = everyDoor().map(({ name }) => name)
  expect(new Set(names), 'each has a name of its own').toHaveProperty('size', names.length)
  expect(outlived(), 'what is written down is there').toEqual([])
  for (const kind of ['page', 'handler', 'action']) {
    expect(everyDoor().filter((door) => door.kind === kind && !isPublic(door)).length, kind).toBeGreaterThan(7)
  }
})

test('with the session itself each of these doors is open', asvs('7.2.1'), async ({ server }) => {
  const { id, jar, mark } = await newVictim(server)
  const cookie = jar.header
  for (const door of everyDoor().filter((one) => !isPublic(one))) {
    const path = door.path.replace('[id]', id)
    if (door.kind === 'page') {
      const { status, headers, body } = await server.request({ path, headers: { cookie } })
      // A page for what is not under way sends on within the account.
      const open = status === 307 ? headers.location?.startsWith('/account/') : body.includes(mark)
      expect(open, `${door.name}: ${status} ${headers.location}`).toBe(true)
    }
    // Made for another session, so nothing comes of it.
    if (door.kind === 'action') {
      const { status, headers, body } = await pressed(server, { ...door, path }, cookie, { formToken: 'A'.repeat(43) })
      const open =
        status === 303 ? headers.location?.startsWith('/account/') : body.includes('This form was out of date')
      expect(open, `${door.name}: ${status} ${headers.location}`).toBe(true)
    }
  }
})

const STATES: Readonly<Record<string, states.MakeState>> = {
  'nobody at all': states.anonymous,
  'a reset that was asked for': states.resetAskedFor,
  'a reset whose link was opened': states.resetOpened,
  'a second factor that is due': states.secondFactorDue,
  'a passkey that was asked for as the second factor': states.passkeyAskedAsSecond,
  'a passkey that was asked for to sign in': states.passkeyAskedAlone,
  'a locked session': sessions.locked,
  'a notice that was opened': states.noticeOpened,
  'a new address that is not confirmed': states.emailUnconfirmed,
  'an application that waits for an answer': consentWaiting,
  'several of these in one browser': sessions.manyAtOnce,
  'a disabled account': sessions.disabled,
  'a deleted account': sessions.deleted,
}

for (const [what, make] of Object.entries(STATES)) {
  test(
    `${what}: every door is shut but its own next step`,
    asvs('7.2.1', '8.3.1', '6.4.3', '6.6.2', '7.4.2', 'WSTG-ATHZ-02', 'WSTG-SESS-08'),
    async ({ server }) => {
      const { victim, half, next } = await make(server)
      await expectShut(server, victim, half)
      await expectQuiet(server, victim, half)
      await next()
    },
  )
}

test(
  'in a browser where somebody else is signed in, it shows them nothing',
  asvs('8.2.2', '7.2.1'),
  async ({ server }) => {
    const [victim, other] = [await newVictim(server), await newVictim(server)]
    giveFactors(server, victim)
    server.db.prepare('update users set administrator = 0 where id = ?').run(other.id)
    expect((await showPassword(server, victim, other.jar)).status).toBe(202)
    const before = dump(server, victim)
    for (const door of everyDoor().filter((one) => !isPublic(one))) {
      if (door.kind === 'action' || (door.kind === 'handler' && door.method !== 'GET')) continue
      if (door.path.endsWith('/events')) continue
      const path = door.path.replace('[id]', victim.id)
      const answer = await server.request({ path, headers: { cookie: other.jar.header } })
      expectNothingOf(victim, answer, door.name)
      expect(answer.status, door.name).toBeLessThan(500)
    }
    expect(dump(server, victim)).toEqual(before)
    const mine = await server.request({ path: '/api/session', headers: { cookie: other.jar.header } })
    expect(mine.body, 'and they are who they were').toContain(other.mark)
  },
)

/** What takes another deployment. */
const ELSEWHERE: Readonly<Record<string, readonly [Settings, states.MakeState]>> = {
  'no room for the session, where one is asked': [
    { SESSION_LIMIT: '1', SESSION_LIMIT_ACTION: 'ask' },
    sessions.noRoom(['action makeRoomAction'], ({ sessionId }) => ({ end: [sessionId] })),
  ],
  'no room for the session, where it is refused': [
    { SESSION_LIMIT: '1', SESSION_LIMIT_ACTION: 'refuse' },
    sessions.noRoom([], ({ password }) => ({ password })),
  ],
  'a session below its level': [{ ASSURANCE_LEVEL: '3' }, sessions.belowItsLevel],
}

for (const [what, [settings, make]] of Object.entries(ELSEWHERE)) {
  test(
    `${what}: every door is shut but its own next step`,
    asvs('7.1.2', '7.2.1', '6.3.3', 'WSTG-SESS-11', 'ASVS4-3.7.1'),
    async ({ browserName: _ }) => {
      const server = await startServer(settings)
      try {
        const { victim, half, next } = await make(server)
        await expectShut(server, victim, half)
        await expectQuiet(server, victim, half)
        await next()
      } finally {
        await server.stop()
      }
    },
  )
}
