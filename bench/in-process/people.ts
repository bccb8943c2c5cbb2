import 'server-only'
import type { User } from '#db/contract.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { randomId, randomSecret } from '#lib/random.ts'
import { beginSession, newBeginning } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'

/** Somebody who is signed in: by the store's own `begin` and a seal from the key ring, as at a real sign-in. */
export interface SignedIn {
  readonly userId: string
  readonly email: string
  readonly sessionId: string
  /** The `Cookie` header of a browser, with its `__Host-browser`. */
  readonly cookie: string
}

export async function signInPeople(count: number, passwordHash: string): Promise<SignedIn[]> {
  const people: SignedIn[] = []
  while (people.length < count) people.push(await signInOn(await newUser(passwordHash)))
  return people
}

export async function newUser(passwordHash: string): Promise<User> {
  const id = randomId()
  const none = { sessionId: null, device: null, ip: null, place: null, detail: {} }
  const user = await store().users.create(
    { id, name: 'Somebody', email: `${randomId().toLowerCase()}@example.org`, passwordHash },
    { kind: 'account-created', userId: id, ...none },
  )
  if (user === 'email-taken') throw new Error('two random addresses were the same')
  return user
}

/** A session of `user` in a browser of its own. */
export async function signInOn(user: User): Promise<SignedIn> {
  const context = newBrowser()
  const opened = await beginSession(newBeginning(user, 'pwd'), context)
  if (opened.outcome !== 'begun') throw new Error('there is a limit on sessions')
  const { name, value } = opened.cookie
  const cookie = `${name}=${value}; __Host-browser=${context.browser}`
  return { userId: user.id, email: user.email, sessionId: opened.session.id, cookie }
}

function newBrowser(): RequestContext {
  return {
    device: {
      browser: 'Firefox 145',
      os: 'Linux',
      kind: 'desktop',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0',
    },
    origin: { ip: '192.0.2.1', place: null },
    browser: randomSecret().toString('base64url'),
    browserIsNew: true,
    sessionText: null,
    cookieHeader: null,
  }
}
