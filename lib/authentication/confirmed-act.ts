import 'server-only'
import { hash } from 'node:crypto'
import type { SessionCheck, SessionProof } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { readLimited } from '#lib/http/body.ts'
import { plainJson } from '#lib/http/plain-json.ts'
import { randomId } from '#lib/random.ts'
import { type Proofs, provenAgain, type Standing } from '#lib/session/current.ts'
import { digestOf } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'
import { actText } from './act-text.ts'
import { browserSecrets } from './browser-secret.ts'
import { type Act, type Confirmation, markOf } from './challenges.ts'

/**
 * Level 3 confirms each act by itself: a passkey signs a challenge that was made for that act with those parameters. A
 * form carries the answer along. Over the API the answer goes to `/api/session/reauthenticate` first; what it confirmed
 * is kept here as a half-state of session and browser, until the next act takes it away, be it the right one or not.
 * @see docs/decisions/0037; policy: step-up reuse
 */
export function actOf(act: string, given: Iterable<readonly [string, unknown]>): Act {
  return hash('sha256', actText(act, given), 'base64url') as Act
}

/** What a request to the API asks for: method and path with its query, and the members of its body. */
async function actOfRequest(request: Request): Promise<Act> {
  const { method, url } = request
  const { pathname, search } = new URL(url)
  const body = await readLimited(request.clone())
  const given = body && plainJson(body.toString('utf8'))
  return actOf(`${method} ${pathname}${search}`, Object.entries(given ?? {}))
}

export async function keepConfirmation(
  session: SessionCheck,
  { secret, mark, securityVersion }: Confirmation,
): Promise<void> {
  const { id: sessionId, userId } = session
  const proof = await provenAgain('recent', session)
  if (proof === 'stale') return
  await store().pending.beginBy(
    proof,
    {
      id: randomId(),
      kind: 'act',
      secretDigest: digestOf(secret),
      userId,
      sessionId,
      securityVersion,
      detail: { act: mark },
      lifetime: settings().policy.reauthenticationWindow,
    },
    null,
  )
}

/** Takes what this browser has confirmed last. True if it was this act, in this session; else it is gone all the same. */
async function takeConfirmation({ userId, sessionId }: SessionProof, act: Act, cookieHeader: string | null) {
  for (const secret of await browserSecrets(cookieHeader)) {
    const found = await store().pending.find('act', digestOf(secret))
    const taken = found && (await store().pending.take(found.id))
    if (!taken) continue
    return taken.userId === userId && taken.sessionId === sessionId && taken.detail.act === markOf(secret, act)
  }
  return false
}

/** The proof for an act that was confirmed before, by the API. */
export async function confirmedProof<Kind extends keyof Proofs>(
  kind: Kind,
  { proof }: Standing,
  request: Request,
): Promise<Proofs[Kind] | 'stale'> {
  const confirmed = await takeConfirmation(proof, await actOfRequest(request), request.headers.get('cookie'))
  return confirmed ? provenAgain(kind, proof.session) : 'stale'
}
