import type { Store } from '#db/contract.ts'
import type { Place } from '#db/testing/place.ts'
import { event, randomId } from '#db/testing.ts'
import { settings } from '#lib/config.ts'
import { type Cookie, setCookie } from '#lib/http/cookies.ts'
import { browserDigest, sessionCookie } from '#lib/session/lifecycle.ts'
import { newToken } from '#lib/session/token.ts'
import { storeOptions } from '#lib/store.ts'

/** Seconds. */
export interface Limits {
  readonly inactivity: number
  readonly lifetime: number
  readonly grace: number
}

/** A store whose time can be moved. */
export interface World {
  readonly store: Store
  /** A user with one session per call; answers its public id and the way to end it from elsewhere. */
  begin(): Promise<{ readonly sessionId: string; readonly cookie: string; endElsewhere(): Promise<void> }>
  /** Lets `seconds` pass for this session. */
  wait(sessionId: string, seconds: number): Promise<void>
  readonly limits: Limits
}

const shared = globalThis as { signetStore?: Store }

/** A store for games, with the app's own rules. Time passes by making the session older. */
export async function worldIn(place: Place): Promise<World> {
  const { url: _, ...options } = storeOptions(settings())
  const store = await place.open(options)
  shared.signetStore = store
  const { ordinary, renewalGrace } = settings().policy
  return {
    store,
    begin: () => beginFor(store),
    wait: (sessionId, seconds) => place.age(seconds, sessionId),
    limits: { inactivity: ordinary.inactivityTimeout, lifetime: ordinary.absoluteLifetime, grace: renewalGrace },
  }
}

async function beginFor(store: Store) {
  const userId = randomId()
  const person = { id: userId, name: 'Ada', email: `${userId}@example.org`, passwordHash: 'none' }
  await store.users.create(person, event('account-created', userId))
  const sessionId = randomId()
  const cookie = await beginIn(store, userId, sessionId, 'a browser')
  const endElsewhere = async () => {
    await store.sessions.endForUser(userId, { endedBy: null })
  }
  return { sessionId, cookie, endElsewhere }
}

/** A session made as a sign-in makes it. */
async function beginIn(store: Store, userId: string, id: string, browser: string): Promise<string> {
  const { token, digest } = newToken()
  const device = { browser: 'Firefox', os: 'Linux', kind: 'desktop', userAgent: null } as const
  const begun = await store.sessions.begin(
    {
      id,
      userId,
      digest,
      remembered: false,
      authentications: [{ method: 'pwd' }],
      securityVersion: 1,
      epoch: 1,
      browserDigest: browserDigest(browser),
      replaces: null,
      ...device,
      ip: null,
      place: null,
    },
    { most: null, action: 'end-oldest' },
  )
  if (begun.outcome !== 'begun') throw new Error('a session without a limit begins')
  return cookieText(await sessionCookie(begun.session, begun.session.generation, token))
}

/** What a browser sends of it. */
export function cookieText(cookie: Cookie): string {
  return setCookie(cookie).split(';')[0] ?? ''
}
