import { expect } from '@playwright/test'
import { sendJson } from './api.ts'
import { formTokenOn, type Jar, newVictim, pressed, type Victim } from './half-open.ts'
import { mailTo } from './mailbox.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import { actionNamed } from './surface.ts'

/** What browsers by hand do on the way in, step by step. */

export const NEW_PASSWORD = 'a gentle otter counts the tides'
const RESET = /Choose a new password/

/** Presses the button of an action's form in this browser. */
export async function press(
  server: Server,
  name: string,
  jar: Jar,
  fields: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const answer = await pressed(server, actionNamed(name), jar.header, fields)
  jar.keep(answer)
  return answer
}

/** The same with the value that forms of this browser carry where nobody is signed in. */
export async function pressHere(server: Server, name: string, jar: Jar, fields: Readonly<Record<string, string>> = {}) {
  return press(server, name, jar, { formToken: await formTokenOn(server, '/sign-in', jar), ...fields })
}

export function show(server: Server, jar: Jar, path: string, data: unknown): Promise<RawAnswer> {
  return sendJson(server, 'POST', path, data, { headers: { cookie: jar.header } })
}

/** Asks for a link in this browser; answers that of the mail, which is the account's first or `count`th. */
export async function askForLink(server: Server, { email }: Victim, jar: Jar, count = 1): Promise<string> {
  await pressHere(server, 'askForResetAction', jar, { email })
  return (await mailTo(server, email, RESET, count)).link
}

/** An administrator does something to the account. */
export async function administer(server: Server, { id: user }: Victim, act: string): Promise<void> {
  const { jar, formToken } = await newVictim(server)
  const answer = await press(server, 'actOnUser', jar, {
    formToken,
    user,
    act,
    reason: 'asked for in writing',
    session: '',
  })
  expect(answer.body).toMatch(/The account is|sessions? ended|no administrator any more/)
}
