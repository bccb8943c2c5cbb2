import 'server-only'
import type { Store, User } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import { describeDevice } from '#lib/device/describe.ts'
import { deviceLabel } from '#lib/device/label.ts'
import { SESSION_COOKIE } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { deriveKey } from '#lib/keys/derive.ts'
import { ring } from '#lib/keys/ring.ts'
import { currentSession, recentProof } from '#lib/session/current.ts'
import { beginSession, newBeginning } from '#lib/session/lifecycle.ts'
import { openStoreOnce, storeOptions } from '#lib/store.ts'
import { now, secondsAfter } from '#lib/time.ts'
import { APPLIANCES, type ApplianceName, type Happening, type Person } from './people.ts'

/**
 * Where the demo is played: the app's own functions on the real store, at a time that can be set back. Only the
 * embedded store takes our clock; on Postgres everything happens now.
 */
let ago = 0

/** More than the demo has. */
const MOST = 100

export function setBack(seconds: number): void {
  ago = seconds
}

export function openStage(): Promise<Store> {
  return openStoreOnce({ ...storeOptions(settings(), () => secondsAfter(now(), -ago)), log: () => {} })
}

/** A person's appliances with the cookies that they hold. */
export type Cookies = Map<ApplianceName, string>

export async function playPast(store: Store, user: User, { past }: Person, cookies: Cookies): Promise<void> {
  for (const happening of past) {
    // Nobody can be left alone for a while when no time passes.
    if (store.dialect === 'postgres' && happening.does === 'leave') continue
    ago = happening.ago
    await play(store, user, happening, cookies)
  }
}

/** @param atOnce whether the sessions began only lately, because there are others in their place until then */
export async function playPresent(
  store: Store,
  user: User,
  { present }: Person,
  cookies: Cookies,
  atOnce: boolean,
): Promise<void> {
  const { inactivityTimeout, absoluteLifetime } = settings().policy.ordinary
  for (const { on, since, idleFor } of present) {
    const last = inactivityTimeout * idleFor
    ago = atOnce ? last : Math.min(Math.max(since, last), absoluteLifetime * 0.9)
    await signIn(user, on, cookies)
    while (ago > last) {
      ago = Math.max(last, ago - inactivityTimeout * 0.9)
      await touch(store, on, cookies)
    }
  }
}

async function play(store: Store, user: User, { does, on }: Happening, cookies: Cookies): Promise<void> {
  if (does === 'sign-in') return signIn(user, on, cookies)
  if (does === 'mistype') return store.events.append(eventFrom('sign-in-failed', nobodyYet(user), contextOf(user, on)))
  if (does === 'be-ended-by-an-administrator') {
    await store.sessions.endForUser(user.id, { endedBy: null })
    return
  }
  if (does === 'leave') return waitForEnd(store)
  const current = await lookUp(on, cookies)
  if (current.state !== 'standing') return
  if (does === 'sign-out') await store.sessions.signOut(current.proof)
  if (does === 'lose-a-copy') await store.sessions.endAs(current.proof.session, 'replayed')
  const recent = recentProof(current)
  if (does === 'sign-out-others' && typeof recent === 'object') {
    await store.sessions.endOthers(recent, deviceLabel(contextOf(user, on).device))
  }
}

/** What has run out ends meanwhile, as while a server runs. */
async function waitForEnd(store: Store): Promise<void> {
  const { inactivityTimeout, absoluteLifetime } = settings().policy.ordinary
  const last = ago - absoluteLifetime
  while (ago > last) {
    ago -= inactivityTimeout
    await store.sessions.sweep(MOST)
  }
}

async function signIn(user: User, on: ApplianceName, cookies: Cookies): Promise<void> {
  const opened = await beginSession(newBeginning(user, 'pwd'), contextOf(user, on))
  if (opened.outcome === 'begun') cookies.set(on, opened.cookie.value)
}

async function touch(store: Store, on: ApplianceName, cookies: Cookies): Promise<void> {
  const current = await lookUp(on, cookies)
  const { ip, place } = APPLIANCES[on]
  if (current.state === 'standing') await store.sessions.touch(current.proof, { ip, place }, 0)
}

async function lookUp(on: ApplianceName, cookies: Cookies) {
  return currentSession(`${SESSION_COOKIE}=${cookies.get(on) ?? ''}`)
}

const nobodyYet = (user: User) => ({ userId: user.id, sessionId: null })

function contextOf(user: User, on: ApplianceName): RequestContext {
  const { userAgent, ip, place } = APPLIANCES[on]
  return {
    device: describeDevice(new Headers({ 'user-agent': userAgent })),
    origin: { ip, place },
    // The same in each run, so that a second one finds the browsers of the first.
    browser: deriveKey(ring().sealing.secret, 'demo-browser', user.email, on).toString('base64url'),
    browserIsNew: false,
    sessionText: null,
    cookieHeader: null,
  }
}
