import { expect } from '@playwright/test'
import { newBrowser, newVictim, showPassword } from './half-open.ts'
import { type MakeState, stateOf } from './half-states.ts'
import { authorizePath, pkce } from './oauth.ts'
import { register } from './relying-party.ts'

/** An application has sent this browser here, and waits for somebody to sign in and say yes. */
export const consentWaiting: MakeState = async (server) => {
  const victim = await newVictim(server)
  const app = register(server)
  const jar = await newBrowser(server)
  const asked = await server.request({ path: authorizePath(app, pkce()), headers: { cookie: jar.header } })
  const { pathname } = new URL(asked.headers.location ?? '')
  return stateOf(server, victim, jar.keep(asked), {}, async () => {
    jar.keep(await showPassword(server, victim, jar))
    const { body } = await server.request({ path: pathname, headers: { cookie: jar.header } })
    expect(body, 'whoever has signed in is asked').toContain(`Let ${app.name} in?`)
  })
}
