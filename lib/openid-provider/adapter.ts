import 'server-only'
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider'
import type { Artifact } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { store } from '#lib/store.ts'
import { endFamily } from './family.ts'
import { artifactDigest, openPayload, sealPayload } from './sealed-payload.ts'
import { grantStands } from './standing.ts'
import { clientView, grantView, sessionView } from './views.ts'

/**
 * Where the protocol library keeps things. Clients, grants and sessions are our own rows, which it only gets to see;
 * everything else is an artifact, under the digest of its value and sealed. What belongs to a grant is found only while
 * the grant stands, so that what ends a session or a grant ends all below it at once, whatever the artifact says.
 */
export function adapterFor(kind: string): Adapter {
  switch (kind) {
    case 'Client':
      return looking(clientView)
    case 'Grant':
      return { ...looking(grantView), destroy: (id) => endFamily(id, 'app-disconnected') }
    case 'Session':
      return looking(sessionView)
    case 'Interaction':
      return { ...artifacts(kind), destroy: takeUp }
    default:
      return artifacts(kind)
  }
}

const nothing = async () => undefined

/** A view of a row. What the library would write there is our own rows' business. */
function looking(find: (id: string) => Promise<AdapterPayload | undefined>): Adapter {
  return {
    find,
    findByUid: find,
    findByUserCode: nothing,
    upsert: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
  }
}

function artifacts(kind: string): Adapter {
  const find = async (row: Artifact | undefined) => (row ? read(kind, row) : undefined)
  return {
    upsert: (id, payload, lifetime) => save(kind, id, payload, lifetime ?? 0),
    find: async (id) => find(await store().artifacts.find(kind, artifactDigest(id))),
    findByUserCode: async (code) => find(await store().artifacts.findByUserCode(kind, artifactDigest(code))),
    findByUid: nothing,
    consume: (id) => spend(kind, id),
    destroy: async (id) => store().artifacts.remove(kind, artifactDigest(id)),
    // What hangs on a grant goes with its row.
    revokeByGrantId: nothing,
  }
}

/**
 * The library does this where a request that has waited goes on. It goes on once, so nobody makes more requests of one,
 * however many visits come at once.
 */
async function takeUp(id: string): Promise<void> {
  if (!(await store().pending.take(id))) throw new errors.SessionNotFound('taken up already')
  await store().artifacts.remove('Interaction', artifactDigest(id))
}

/** What is half done goes with the session, even where the person has let the application stay. */
const HALF_DONE = new Set(['AuthorizationCode', 'DeviceCode'])

async function read(kind: string, row: Artifact): Promise<AdapterPayload | undefined> {
  if (row.grantId !== null) {
    const check = await store().grants.check(row.grantId)
    if (!check || !grantStands(check, HALF_DONE.has(kind))) return undefined
  }
  const payload = openPayload(row.sealed, row) ?? undefined
  if (!payload || row.consumedAt === null || decidesItself(kind)) return payload
  return { ...payload, consumed: Math.floor(row.consumedAt.getTime() / 1000) }
}

/** A refresh token that comes again may be a lost answer: at the token endpoint `spend` tells, and nothing before it. */
function decidesItself(kind: string): boolean {
  return kind === 'RefreshToken' && Provider.ctx?.oidc.route === 'token'
}

async function save(kind: string, id: string, payload: AdapterPayload, lifetime: number): Promise<void> {
  const digest = artifactDigest(id)
  const rotated = kind === 'RefreshToken' ? Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti : undefined
  const saved = await store().artifacts.save({
    kind,
    digest,
    sealed: sealPayload(payload, { kind, digest }),
    // A request that waits names a former grant, whose place its own may take.
    grantId: (kind !== 'Interaction' && payload.grantId) || null,
    userId: payload.accountId ?? payload.session?.accountId ?? null,
    userCodeDigest: payload.userCode ? artifactDigest(payload.userCode) : null,
    replaces: rotated ? artifactDigest(rotated) : null,
    lifetime,
  })
  // It has ended while this was made.
  if (!saved) throw new errors.InvalidGrant('grant not found')
}

/**
 * Uses it up. Of any number of parallel calls one goes on; a refresh token whose answer was lost goes on once more, and
 * one that is shown again after that is in two hands: whoever has it, the whole family is over (v5.0.0-10.4.5).
 */
async function spend(kind: string, id: string): Promise<void> {
  const digest = artifactDigest(id)
  const isRefresh = kind === 'RefreshToken'
  const row = isRefresh ? await store().artifacts.find(kind, digest) : undefined
  const spent = await store().artifacts.spend(kind, digest, isRefresh ? settings().policy.renewalGrace : 0)
  if (spent === 'spent' || spent === 'again') return
  if (spent === 'reused' && row?.grantId) await endFamily(row.grantId, 'app-token-reused')
  if (kind === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used')
  throw new errors.InvalidGrant('already used')
}
