import { expect } from '@playwright/test'
import { sendJson } from './api.ts'
import { called, dump, pressed, type Victim } from './half-open.ts'
import type { RawAnswer } from './raw.ts'
import { expectNothingOf } from './refusals.ts'
import type { Server } from './server.ts'
import { type Door, everyDoor, isPublic } from './surface.ts'
import type { HalfOpen } from './tries.ts'

/** The doors for anybody, tried from the browser that is half in, with the victim's address and nothing that is right. */
export async function expectQuiet(server: Server, victim: Victim, half: HalfOpen): Promise<void> {
  // Asking for something half done writes that down; it is nobody's session.
  const rows = () => dump(server, victim, ['pending'])
  const before = rows()
  for (const door of everyDoor().filter((one) => isPublic(one) && !half.own?.includes(one.name))) {
    const answers = await Promise.all(triesOf(server, door, victim, half).map((send) => send()))
    for (const answer of answers) {
      expect(answer.status, `${door.name} does not fail`).toBeLessThan(500)
      expectNothingOf(victim, answer, door.name, [...(half.shows ?? []), ...typed(door, victim)])
      const begun = answer.cookies.filter(({ name, value }) => name === '__Host-session' && value !== '')
      expect(begun, `${door.name} begins nothing`).toEqual([])
    }
    expect(rows(), `${door.name} leaves every row as it was`).toEqual(before)
  }
}

/** What somebody has typed is given back to them. */
function typed({ kind }: Door, { email }: Victim): string[] {
  return kind === 'action' ? [email] : []
}

function triesOf(
  server: Server,
  door: Door,
  victim: Victim,
  { jar, formToken }: HalfOpen,
): (() => Promise<RawAnswer>)[] {
  const cookie = jar.header
  const { path } = door
  if (door.kind === 'page') {
    const look = (method: string, headers = {}) => server.request({ path, method, headers: { cookie, ...headers } })
    return [() => look('GET'), () => look('HEAD'), () => look('GET', { 'sec-purpose': 'prefetch;prerender' })]
  }
  if (door.kind === 'handler') {
    const body = door.method === 'POST' ? wrong(door, victim) : undefined
    return [() => sendJson(server, door.method, path, body, { headers: { cookie } })]
  }
  // Of links, a new one takes the place of the one before: that is as it should be, and another chapter's matter.
  const asks = door.name === 'action askForResetAction'
  const fields = { ...wrong(door, victim), formToken, ...(asks && { email: 'nobody@people.example' }) }
  return [() => pressed(server, door, cookie, fields), () => called(server, door, cookie, fields)]
}

function wrong({ path }: Door, { email, sessionId }: Victim) {
  const signsUp = path === '/sign-up' || path === '/api/account'
  return {
    email,
    name: 'Somebody',
    password: signsUp ? 'short' : 'not the password at all',
    newPassword: 'short',
    code: '000000',
    type: 'totp',
    purpose: 'reauthenticate',
    [`end-${sessionId}`]: 'on',
  }
}
