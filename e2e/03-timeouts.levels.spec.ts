/**
 * # Timeouts: the levels
 *
 * Threat: a deployment is set so that its sessions hardly end, and nothing says so.
 *
 * Promise: each level of assurance has limits that it starts from and ceilings that no setting exceeds. A server whose
 * settings are wrong does not start; it names every wrong one at once, each with its remedy.
 */
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSettings } from '#lib/config.ts'
import { DAY, HOUR, MINUTE } from '#lib/time.ts'
import { sendJson } from './api.ts'
import { asvs, expect, somebody, startServer, test } from './book.ts'
import { SoftPasskey } from './factors.ts'
import type { Identity } from './person.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const cookieOf = ({ cookies }: RawAnswer) => cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

/** What a sign-in takes at each level; a passkey from the beginning, where nothing less will do. */
function waysIn(server: Server, person: Identity) {
  const { email, password } = person
  const byPassword = (remember = false) => sendJson(server, 'POST', '/api/session', { email, password, remember })
  let key: SoftPasskey | undefined
  const byPasskey = (remember = false) => {
    key ??= SoftPasskey.of(server, person)
    return key.signIn(server, { remember })
  }
  return { 1: byPassword, 2: byPassword, 3: byPasskey }
}

const LEVELS = [
  { level: '1', idle: 30 * MINUTE, absolute: 24 * HOUR, window: 15 * MINUTE },
  { level: '2', idle: 15 * MINUTE, absolute: 8 * HOUR, window: 10 * MINUTE },
  { level: '3', idle: 10 * MINUTE, absolute: 8 * HOUR, window: 5 * MINUTE },
] as const

for (const { level, idle, absolute, window } of LEVELS) {
  test(`level ${level} keeps its limits and its step-up window`, asvs('7.1.1', '7.3.1', '7.3.2', '7.5.2'), async () => {
    const server = await startServer({ ASSURANCE_LEVEL: level, SESSION_LIMIT: 'none' })
    const person = somebody('Dana')
    await sendJson(server, 'POST', '/api/account', person)
    const signIn = waysIn(server, person)[level]
    const limits = [
      [{ lastActive: idle - 5 }, 200],
      [{ lastActive: idle }, 401],
      [{ began: absolute - 5 }, 200],
      [{ began: absolute }, 401],
    ] as const
    for (const [ages, status] of limits) {
      const begun = await signIn()
      server.ageSession(begun.json<{ session: { id: string } }>().session.id, ages)
      const asked = await server.request({ path: '/api/session', headers: { cookie: cookieOf(begun) } })
      expect(asked.status, JSON.stringify(ages)).toBe(status)
    }
    // At level 3 no proof is fresh for another act than its own (10-reauthentication.each-act).
    for (const [authenticated, status] of [
      [window - 5, level === '3' ? 403 : 404],
      [window, 403],
    ] as const) {
      const begun = await signIn()
      server.ageSession(begun.json<{ session: { id: string } }>().session.id, { authenticated })
      const headers = { cookie: cookieOf(begun) }
      const asked = await sendJson(server, 'DELETE', '/api/sessions/AAAAAAAAAAAAAAAAAAAAAA', undefined, { headers })
      expect(asked.status).toBe(status)
    }
    await server.stop()
  })
}

test(
  'only level 1 remembers, for seven days without activity and thirty in all',
  asvs('WSTG-ATHN-05', 'NIST63B4-5.1-nonpersist'),
  async () => {
    for (const { level } of LEVELS) {
      const server = await startServer({ ASSURANCE_LEVEL: level, SESSION_LIMIT: 'none' })
      const person = somebody('Dana')
      await sendJson(server, 'POST', '/api/account', person)
      const begun = await waysIn(server, person)[level](true)
      const kept = begun.cookies.find(({ name }) => name === '__Host-session')?.maxAge
      if (level === '1') expect(kept).toBeGreaterThan(30 * DAY - 60)
      else expect(kept).toBeUndefined()
      const { id } = begun.json<{ session: { id: string } }>().session
      const ask = () => server.request({ path: '/api/session', headers: { cookie: cookieOf(begun) } })
      server.ageSession(id, { lastActive: 7 * DAY - 5 })
      expect((await ask()).status).toBe(level === '1' ? 200 : 401)
      if (level === '1') server.ageSession(id, { lastActive: 5 })
      expect((await ask()).status).toBe(401)
      await server.stop()
    }
  },
)

test('level 3 has one session, and asks before there would be two', asvs('7.1.2', 'WSTG-SESS-11'), async () => {
  const server = await startServer({ ASSURANCE_LEVEL: '3' })
  const person = somebody('Dana')
  await sendJson(server, 'POST', '/api/account', person)
  server.db.prepare('delete from sessions').run()
  const signIn = waysIn(server, person)[3]
  const [first, second] = [await signIn(), await signIn()]
  expect([second.status, second.json()]).toEqual([409, expect.objectContaining({ code: 'session_limit' })])
  const asked = await server.request({ path: '/api/session', headers: { cookie: cookieOf(first) } })
  expect(asked.status).toBe(200)
  await server.stop()
})

const CEILINGS = [
  ['1', 'SESSION_ABSOLUTE_TIMEOUT', '30d', '721h'],
  ['2', 'SESSION_IDLE_TIMEOUT', '30m', '31m'],
  ['2', 'SESSION_ABSOLUTE_TIMEOUT', '12h', '721m'],
  ['3', 'SESSION_IDLE_TIMEOUT', '15m', '16m'],
  ['3', 'SESSION_ABSOLUTE_TIMEOUT', '12h', '721m'],
] as const

for (const [level, name, most, more] of CEILINGS) {
  test(`level ${level} takes ${name}=${most} and nothing above it`, asvs('7.1.1'), () => {
    const wrongs = (value: string) => {
      const parsed = parseSettings({ ASSURANCE_LEVEL: level, [name]: value })
      return 'problems' in parsed ? parsed.problems : []
    }
    expect(wrongs(most)).toEqual([])
    expect(wrongs(more)).toEqual([expect.stringContaining(`is above the ceiling of level ${level} (${most}).`)])
  })
}

test('a server with wrong settings does not start, and names all of them at once', asvs('7.1.1'), async () => {
  const wrong = {
    ASSURANCE_LEVEL: '2',
    SESSION_IDLE_TIMEOUT: '45m',
    SESSION_ABSOLUTE_TIMEOUT: '2 days',
    SESSION_LIMIT: 'many',
    APP_ORIGIN: 'example.org',
    PORT: '99999',
  }
  const { code, said } = await start(wrong)
  expect(code).toBe(1)
  for (const name of Object.keys(wrong).filter((each) => each !== 'ASSURANCE_LEVEL')) expect(said).toContain(name)
  expect(said).toContain('Set 30m or less, or ASSURANCE_LEVEL=1.')
  expect(said).not.toMatch(/^ +at /m)
})

/** `npm start`, which ends by itself when it may not serve. */
function start(settings: Readonly<Record<string, string>>): Promise<{ code: number | null; said: string }> {
  const env = { PATH: process.env.PATH ?? '', NODE_ENV: 'production' as const, ...settings }
  const child = spawn(process.execPath, ['--conditions=react-server', 'lib/cli/run.cjs', 'start'], { cwd: ROOT, env })
  let said = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (part: Buffer) => (said += part))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}
