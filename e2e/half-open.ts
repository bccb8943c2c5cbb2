import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import { MULTIPART, multipart, post } from './action-forms.ts'
import { sendJson } from './api.ts'
import { type App, giveApp, givePasskey, giveRecoveryCodes } from './factors.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import type { Door } from './surface.ts'

/** Whoever is half in, and whose account it is: browsers by hand, and people with a name that cannot be overlooked. */

/** A browser's cookies. */
export class Jar {
  private readonly all = new Map<string, string>()

  /** Keeps what the answers set, and drops what they clear. */
  keep(...answers: readonly Pick<RawAnswer, 'cookies'>[]): this {
    for (const { name, value } of answers.flatMap(({ cookies }) => cookies)) {
      if (value === '') this.all.delete(name)
      else this.all.set(name, value)
    }
    return this
  }

  get header(): string {
    return [...this.all].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

/** A browser that has seen the page with the form for signing in, and nothing more. */
export async function newBrowser(server: Server): Promise<Jar> {
  return new Jar().keep(await server.request({ path: '/sign-in' }))
}

/** The value that the forms of a page carry in this browser. */
export async function formTokenOn(server: Server, path: string, { header: cookie }: Jar): Promise<string> {
  const { body } = await server.request({ path, headers: { cookie } })
  return /name="formToken" value="([^"]+)"/.exec(body)?.[1] ?? ''
}

export interface Victim {
  readonly id: string
  readonly email: string
  readonly password: string
  /** Stands in the name, the address, and the names of a session and a passkey: no answer may have it. */
  readonly mark: string
  readonly jar: Jar
  readonly sessionId: string
  readonly formToken: string
}

/**
 * Somebody with an account, one session, and the rights of an administrator, so that every door could open.
 * @param page one that the session opens
 */
export async function newVictim(server: Server, page = '/account/security'): Promise<Victim> {
  const [mark, secret] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')]
  const [email, password] = [`v.${mark}@people.example`, `lantern ${secret} quilt harbour`]
  const headers = { 'user-agent': `Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0 ${mark}` }
  const made = await sendJson(server, 'POST', '/api/account', { name: `Vera ${mark}`, email, password }, { headers })
  expect(made.status, made.body).toBe(201)
  const [session] = server.sessions(email)
  const { id: sessionId = '', user_id: id = '' } = session ?? {}
  server.db.prepare('update sessions set name = ? where id = ?').run(`Attic ${mark}`, sessionId)
  server.db.prepare('update users set administrator = 1 where id = ?').run(id)
  const jar = new Jar().keep(made)
  return { id, email, password, mark, jar, sessionId, formToken: await formTokenOn(server, page, jar) }
}

/** An authenticator app, recovery codes and a passkey. */
export function giveFactors(server: Server, victim: Victim): { app: App; codes: readonly string[] } {
  const app = giveApp(server, victim)
  givePasskey(server, victim, `Ring ${victim.mark}`)
  return { app, codes: giveRecoveryCodes(server, victim) }
}

/** The answer to half a sign-in: the password, in this browser. Its cookies are kept. */
export async function showPassword(server: Server, { email, password }: Victim, jar: Jar): Promise<RawAnswer> {
  const headers = { cookie: jar.header }
  const answer = await sendJson(server, 'POST', '/api/session', { email, password }, { headers })
  jar.keep(answer)
  return answer
}

type Action = Extract<Door, { kind: 'action' }>
type Fields = Readonly<Record<string, string>>

/** A form as a browser without scripts sends it, on the action's own page or another one. */
export function pressed(server: Server, action: Action, cookie: string, fields: Fields, path = action.path) {
  const own: Fields = {
    $ACTION_REF_1: '',
    '$ACTION_1:0': JSON.stringify({ id: action.id, bound: '$@1' }),
    '$ACTION_1:1': '[{"status":"idle"}]',
    $ACTION_KEY: 'k1',
  }
  return post(server, path, multipart(Object.entries({ ...own, ...fields })), { cookie, 'content-type': MULTIPART })
}

/** The same as React sends it. */
export function called(server: Server, action: Action, cookie: string, fields: Fields, path = action.path) {
  const own = Object.entries(fields).map(([name, value]) => [`_1_${name}`, value] as const)
  const body = multipart([...own, ['0', '[{"status":"idle"},"$K1"]']])
  const headers = { cookie, 'content-type': MULTIPART, 'next-action': action.id, accept: 'text/x-component' }
  return post(server, path, body, headers)
}

/**
 * Rows of all tables, each as a text, but for what every request may leave: attempts, events and their mails. Of people
 * who were there before the victim came nothing is said: what earlier tests moved into the past, housekeeping ends when
 * it comes by.
 */
export function dump({ db }: Server, victim: Pick<Victim, 'id'>, but: readonly string[] = []): Record<string, string> {
  const left = ['attempts', 'events', 'outbox', 'sqlite_sequence', ...but]
  const names = db.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[]
  const since = db.prepare('select created_at from users where id = ?').pluck().get(victim.id) as number
  const earlier = db.prepare('select id from users where created_at < ?').pluck().all(since)
  const isOld = ({ user_id: owner, created_at: at }: Record<string, unknown>) => owner === null && Number(at) < since
  const isOfNow = (row: Record<string, unknown>) =>
    !isOld(row) && !Object.values(row).some((value) => earlier.includes(value))
  const rows = (name: string) =>
    (db.prepare(`select * from "${name}"`).all() as Record<string, unknown>[]).filter(isOfNow)
  // A wrong password is counted in the account's row; that is no change of the account.
  const uncounted = (key: string, value: unknown) => (key === 'password_failures' ? 0 : value)
  const kept = names.filter((name) => !left.includes(name))
  return Object.fromEntries(kept.map((name) => [name, JSON.stringify(rows(name), uncounted)]))
}
