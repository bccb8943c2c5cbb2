import 'server-only'
import { SignJWT } from 'jose'
import { eventOf } from '#db/records.ts'
import { apiAudience } from '#lib/api-token/access-token.ts'
import { settings } from '#lib/config.ts'
import { type SigningAlgorithm, signingKeys } from '#lib/keys/signing.ts'
import { randomId } from '#lib/random.ts'
import { currentSession } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'
import { HOUR } from '#lib/time.ts'
import type { SignedIn } from './people.ts'

/** What somebody has let an application do: by the store's own `begin`, in their session. */
export interface Linked {
  readonly grantId: string
  readonly userId: string
  readonly sessionId: string
}

const CLIENT = 'bench'
const SCOPE = 'openid profile email sessions:read'

export async function linkAll(people: readonly SignedIn[]): Promise<Linked[]> {
  await store().clients.add('shell', {
    id: CLIENT,
    name: 'Bench',
    secretDigest: null,
    publicKeys: [],
    redirectUris: ['http://127.0.0.1:9/callback'],
    postLogoutRedirectUris: [],
    backchannelLogoutUri: null,
    scope: SCOPE,
    device: false,
  })
  const linked: Linked[] = []
  for (const person of people) linked.push(await link(person))
  return linked
}

async function link({ cookie, userId, sessionId }: SignedIn): Promise<Linked> {
  const current = await currentSession(cookie)
  if (current.state !== 'standing') throw new Error('a valid cookie gave no proof')
  const id = randomId()
  const shown = { authenticatedAt: current.proof.now, methods: 'pwd' }
  const grant = { id, clientId: CLIENT, scope: SCOPE, offline: false, ...shown, lifetime: 12 * HOUR, replaces: null }
  const begun = await store().grants.begin(current.proof, grant, eventOf('app-linked', userId))
  if (typeof begun === 'string') throw new Error(begun)
  return { grantId: id, userId, sessionId }
}

/** A token as the OpenID Provider issues it, good for five minutes from now. */
export function mint({ grantId, userId, sessionId }: Linked, alg: SigningAlgorithm = 'ES256'): Promise<string> {
  const { kid, privateKey } = signingKeys().current(alg)
  const lineage = { client_id: CLIENT, gid: grantId, sid: sessionId, acr: 'aal1', scope: SCOPE }
  return new SignJWT({ ...lineage, jti: randomId(), auth_time: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid })
    .setIssuer(settings().origin)
    .setAudience(apiAudience())
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey)
}
