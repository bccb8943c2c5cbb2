import { sendJson } from './api.ts'
import type { Person } from './person.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

export const LIMIT = 2

export const cookiesOf = ({ cookies }: RawAnswer) => cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

export const choose = (server: Server, cookie: string, body: object) =>
  sendJson(server, 'POST', '/api/session/limit', body, { headers: { cookie } })

/** As many sessions as there may be: Alice’s own browser and another one. Answers the other one's id. */
export async function fill(alice: Person, server: Server): Promise<{ laptop: Person; id: string }> {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  const id = await laptop.sessionId()
  server.ageSession(id, { lastActive: 300 })
  return { laptop, id }
}
