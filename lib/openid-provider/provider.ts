import 'server-only'
import { hash, timingSafeEqual } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { settings } from '#lib/config.ts'
import { signingKeys } from '#lib/keys/signing.ts'
import { log } from '#lib/log.ts'
import { store } from '#lib/store.ts'
import { MINUTE, now } from '#lib/time.ts'
import { configuration } from './configuration.ts'
import { tellThePerson } from './error-page.ts'
import { offeredScopes } from './grantable.ts'
import { API_SCOPES } from './scopes.ts'
import { askToSignOut } from './sign-out.ts'
import { visitOf } from './visit.ts'

interface Made {
  /** Of the signing keys that it was made with. */
  readonly version: number
  readonly provider: Provider
  readonly listener: RequestListener
}

/** On `globalThis`: a bundler may instantiate this module more than once in a process. */
const shared = globalThis as { signetOpenidProvider?: Made }

/** The protocol library, set up. It is made anew when the signing keys have changed; it keeps nothing that matters. */
export function openidProvider(): Provider {
  return made().provider
}

/** The same, to be handed requests. */
export function openidListener(): RequestListener {
  return made().listener
}

function made(): Made {
  const { version } = signingKeys()
  if (shared.signetOpenidProvider?.version === version) return shared.signetOpenidProvider
  const provider = make()
  shared.signetOpenidProvider = { version, provider, listener: provider.callback() }
  return shared.signetOpenidProvider
}

function make(): Provider {
  const provider = new Provider(settings().origin, configuration())
  // The only proxy before it is our bridge, which says `https` where our origin does.
  provider.proxy = true
  adjustClients(provider)
  adjustSessions(provider)
  provider.ReplayDetection.unique = isFirst
  provider.use(noteFailure)
  provider.use(advertise)
  provider.use(askToSignOut)
  provider.use(neverByForm)
  provider.on('server_error', (ctx, error) => {
    visitOf(ctx).failure = error
  })
  provider.on('grant.success', ({ oidc }) => {
    const id = oidc.entities.Grant?.jti
    if (id) noteUse(id).catch((err) => log().warn({ err }, 'the use of a grant was not noted'))
  })
  return provider
}

/**
 * In one step, so that of two proofs at once one is the first: of a token's key (RFC 9449 §11.1) as of the application's own
 * (RFC 7523 §3). The library takes a proof whose clock is behind or ahead of ours, and says how long it would take one that
 * is right: one from ahead is good for as long again.
 */
async function isFirst(client: string, proofId: string, until: number): Promise<boolean> {
  const left = Math.ceil(until - now().getTime() / 1000)
  return store().artifacts.once(`proof ${client}`, hash('sha256', proofId, 'base64url'), 2 * left + MINUTE)
}

/** What our own steps throw, as the library does for its own below; the bridge answers it. */
async function noteFailure(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  try {
    await next()
  } catch (cause) {
    visitOf(ctx).failure = cause
  }
}

/** What there is, and no more: the library names answers that no client of ours may ask for, and knows no scopes of ours. */
async function advertise(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  if (ctx.oidc?.route !== 'discovery' || ctx.status !== 200) return
  const scopes = [...offeredScopes(), ...API_SCOPES]
  ctx.body = { ...(ctx.body as object), response_modes_supported: ['query'], scopes_supported: scopes }
}

/** A refusal whose request wanted it as a form that sends itself: no page of ours does that, so the person is told. */
async function neverByForm(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  const route = ctx.oidc?.route
  if ((route !== 'authorization' && route !== 'resume') || ctx.status === 303) return
  if (visitOf(ctx).failure === null) tellThePerson(ctx, 'request')
}

/** A use is written at most so often. Seconds. */
const NOTED_EVERY = 60

async function noteUse(grantId: string): Promise<void> {
  await store().grants.used(grantId, NOTED_EVERY)
}

/** Secrets are kept as digests, and addresses are compared character by character (v5.0.0-10.4.1). */
function adjustClients({ Client }: Provider): void {
  Object.assign(Client.prototype, {
    compareClientSecret(this: { clientSecret: string }, shown: string) {
      const kept = Buffer.from(this.clientSecret, 'base64url')
      return timingSafeEqual(kept, hash('sha256', shown, 'buffer'))
    },
    redirectUriAllowed(this: { redirectUris: string[] }, uri: string) {
      return this.redirectUris.includes(uri)
    },
    postLogoutRedirectUriAllowed(this: { postLogoutRedirectUris?: string[] }, uri: string) {
      return this.postLogoutRedirectUris?.includes(uri) ?? false
    },
    includeSid: () => true,
  })
}

/** `sid` is our public session id, for every application the same: what it names is over for all of them at once. */
function adjustSessions({ Session }: Provider): void {
  Object.assign(Session.prototype, {
    sidFor(this: { uid: string }, _: string, given?: string) {
      return given === undefined ? this.uid : undefined
    },
  })
}
