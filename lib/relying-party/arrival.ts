import 'server-only'
import { changeAccount } from '#lib/account/change.ts'
import { parseEmail } from '#lib/account/email.ts'
import { parseName } from '#lib/account/name.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { proceed } from '#lib/authentication/completion.ts'
import { due } from '#lib/authentication/second-factor.ts'
import { signUpThrottle } from '#lib/authentication/throttle.ts'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { randomId } from '#lib/random.ts'
import { currentSession, isSuperseded, proofFor, type Standing } from '#lib/session/current.ts'
import { browserDigest, reauthenticated } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import type { Assertion, Profile } from './assertion.ts'
import { methodsOf } from './belief.ts'
import { federationOf } from './federation.ts'
import type { TripProblem } from './problems.ts'
import type { RoundTrip } from './round-trip.ts'

/**
 * Somebody is back from a provider, and what it says of them is believed as far as it goes. What follows is what follows
 * here after a password: a second factor where one is due, the limit on sessions, a notice of a new device.
 */
export type Arrived =
  /** `to`: a path of ours. */
  | { readonly outcome: 'done'; readonly to: string; readonly cookie: Cookie; readonly began: boolean }
  | { readonly outcome: 'problem'; readonly problem: TripProblem }
  /** What is said is older than what asks for more: they have to be asked, on a new trip. */
  | { readonly outcome: 'again' }

interface Back {
  readonly provider: IdentityProvider
  readonly trip: RoundTrip
  readonly assertion: Assertion
  readonly context: RequestContext
}

export function arrive(back: Back): Promise<Arrived> {
  switch (back.trip.purpose) {
    case 'sign-in':
      return signIn(back)
    case 'reauthenticate':
      return confirm(back)
    case 'link':
      return link(back)
  }
}

/** Whose account it is stands in one place: who was linked. An address that is the same is no link. */
async function signIn(back: Back): Promise<Arrived> {
  const { provider, trip, assertion, context } = back
  const userId = await userOf(back)
  if (typeof userId !== 'string') return userId
  const user = await store().users.find(userId)
  const federation = federationOf(provider, assertion, await store().clock())
  if (!user || !federation) return problem(user ? 'stale' : 'closed')
  const at = assertion.authenticatedAt
  const authentications = methodsOf(provider, assertion).map((method) => ({ method, at }))
  const { returnTo } = trip
  const proceeded = await proceed(
    { userId, securityVersion: user.securityVersion, authentications, remember: false, returnTo, federation },
    context,
  )
  // Something has changed since it was looked at: the account itself, or the provider has signed them out.
  if (proceeded.outcome === 'refused') return problem(user.disabledAt ? 'closed' : 'over')
  const to = proceeded.outcome === 'signed-in' ? returnTo : NEXT[proceeded.outcome]
  return { outcome: 'done', to, cookie: proceeded.cookie, began: true }
}

const NEXT = { 'second-factor': '/sign-in/verify', 'limit-reached': '/sign-in/limit' } as const

/** The account that this identity opens, made now if nobody has it and the provider knows the address to be theirs. */
async function userOf(back: Back): Promise<string | Arrived> {
  const { provider, assertion, context } = back
  const { issuer, subject } = assertion
  const known = await store().identities.find(issuer, subject)
  if (known) {
    if (await isPutOutSince(known.userId, back)) return { outcome: 'again' }
    await store().identities.used(known.id)
    return known.userId
  }
  const profile = await assertion.profile()
  const parsed = profile?.emailVerified && profile.email !== null ? parseEmail(profile.email) : null
  if (!profile || !parsed || !('email' in parsed)) return problem('no-account')
  const attempt = await signUpThrottle(store()).take({ ip: context.origin.ip })
  if (!attempt.allowed) return problem('throttled')
  const { email } = parsed
  const id = randomId()
  const event = eventFrom('account-created', { userId: id, sessionId: null }, context, { provider: provider.name })
  const identity = { id: randomId(), issuer, subject, label: email }
  const user = await store().identities.create({ id, name: nameOf(profile, email), email }, identity, event)
  if (user === 'email-taken') return problem('address-taken')
  // Made by another answer just now: then it is known.
  if (user === 'identity-taken') return (await store().identities.find(issuer, subject))?.userId ?? problem('refused')
  await attempt.giveBack()
  return user.id
}

/**
 * Whether the account was made safe, or its session here put out or locked, after they last showed the provider who they
 * are: being signed in there still must not undo it. A trip that has asked them anew counts from its own beginning, so the
 * one on which this leads them is enough.
 * @see ASVS v5.0.0-7.4.1, 7.6.2; policy §4.7: one click back in
 */
async function isPutOutSince(userId: string, { assertion, context }: Back): Promise<boolean> {
  const since = await store().identities.askedAnewSince(userId, browserDigest(context.browser))
  return since !== null && assertion.soonest <= since
}

/** A name that would deceive is none; the person changes it under Account. */
function nameOf({ name }: Profile, email: string): string {
  const parsed = parseName(name ?? '')
  return 'name' in parsed ? parsed.name : (email.split('@')[0] ?? email).slice(0, 80)
}

/** The person of a session shows once more who they are, at a provider that opens this very account. */
async function confirm({ provider, trip, assertion, context }: Back): Promise<Arrived> {
  const current = await sessionOf(trip, context)
  if (!current) return problem('over')
  if (isSuperseded(current)) return problem('renewed')
  const { proof } = current
  const identity = await store().identities.find(assertion.issuer, assertion.subject)
  if (identity?.userId !== proof.userId) return problem('other-account')
  const known = await store().identities.federation(proof.sessionId)
  const federation = federationOf(provider, assertion, await store().clock())
  if (!federation) return problem('stale')
  const methods = methodsOf(provider, assertion)
  const event = eventFrom('reauthenticated', proof, context, { method: methods.join(' ') })
  const full = await isAllOfSignIn(proof.userId, methods)
  // What rests on nobody's word goes on so, but for no longer than a word allows by which its time begins anew; what
  // rests on this provider rests on its newest.
  const anew = full ? { lifetimeFrom: federation.lifetimeFrom } : null
  const resting = known?.issuer === assertion.issuer ? federation : anew
  const done = await reauthenticated(proof, methods.join(' '), full, event, resting)
  if (typeof done === 'string') return problem(done === 'superseded' ? 'renewed' : 'over')
  await store().identities.used(identity.id)
  return { outcome: 'done', to: trip.returnTo, cookie: done.cookie, began: false }
}

async function isAllOfSignIn(userId: string, methods: readonly string[]): Promise<boolean> {
  const { level } = settings().policy
  const factors = await store().users.factors(userId)
  if (!factors || level === 3) return false
  const shown = methods.map((method) => ({ method }))
  return due(factors, level, shown).length === 0
}

/**
 * Links an account elsewhere: the proof of everything that opens this account was given before the trip, for this very act where
 * each is confirmed by itself, and must still be fresh. @see ASVS v5.0.0-7.5.1; policy §3: account-link CSRF
 */
async function link({ provider, trip, assertion, context }: Back): Promise<Arrived> {
  const current = await sessionOf(trip, context)
  if (!current) return problem('over')
  const proof = await proofFor('full', current, settings().policy.reauthenticationWindow)
  if (proof === 'stale' || proof === 'superseded') return problem(proof === 'stale' ? 'too-late' : 'renewed')
  const { issuer, subject } = assertion
  const known = await store().identities.find(issuer, subject)
  if (known) return problem(known.userId === proof.userId ? 'linked-here' : 'linked-elsewhere')
  const profile = await assertion.profile()
  const label = profile?.email ?? profile?.name ?? null
  const identity = { id: randomId(), issuer, subject, label: label?.slice(0, 254) ?? null }
  const change = { kind: 'identity-linked', identity, endOthers: trip.endOthers } as const
  const changed = await changeAccount(proof, change, context, { provider: provider.name })
  if (changed.outcome === 'identity-taken') return problem('linked-elsewhere')
  if (changed.outcome === 'superseded') return problem('renewed')
  if (changed.outcome !== 'changed' || !changed.cookie) return problem('over')
  return { outcome: 'done', to: trip.returnTo, cookie: changed.cookie, began: false }
}

/** The session for which the trip began, if it is still the one of this browser and its account is as it was. */
async function sessionOf({ whose }: RoundTrip, { cookieHeader }: RequestContext): Promise<Standing | null> {
  const current = await currentSession(cookieHeader)
  if (!whose || current.state !== 'standing' || current.proof.sessionId !== whose.sessionId) return null
  const user = await store().users.find(whose.userId)
  return user?.id === current.proof.userId && user.securityVersion === whose.securityVersion ? current : null
}

function problem(what: TripProblem): Arrived {
  return { outcome: 'problem', problem: what }
}
