import 'server-only'
import type { FullProof, SessionProof } from '#db/contract.ts'
import { browserSecrets, keepBrowserSecret } from '#lib/authentication/browser-secret.ts'
import { matchingStep, newTotpSecret } from '#lib/authentication/totp.ts'
import { openSecret, sealSecret } from '#lib/authentication/totp-secret.ts'
import { type Cookie, SIGN_IN_COOKIE_LIFETIME } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { randomId } from '#lib/random.ts'
import { digestOf } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'
import { type AccountChanged, changeAccount } from './change.ts'

/**
 * Adding an authenticator app: a secret is made and shown, and becomes the account's once a code of it has come back.
 * Until then it is half done, for ten minutes, in this browser and session only, and opens nothing.
 * @see RFC 6238; ASVS v5.0.0-6.5.5
 */
export interface AppUnderWay {
  readonly id: string
  /** Base32. */
  readonly secret: string
}

export async function beginApp(
  proof: FullProof,
  { cookieHeader }: RequestContext,
): Promise<{ readonly id: string; readonly cookie: Cookie } | 'session-over'> {
  const { userId, sessionId } = proof
  const { secret, cookie } = await keepBrowserSecret(cookieHeader)
  const factors = await store().users.factors(userId)
  const begun = await store().pending.beginBy(
    proof,
    {
      id: randomId(),
      kind: 'totp',
      secretDigest: digestOf(secret),
      userId,
      sessionId,
      securityVersion: factors?.securityVersion ?? 0,
      detail: { secret: sealSecret(newTotpSecret(), userId) },
      lifetime: SIGN_IN_COOKIE_LIFETIME,
    },
    null,
  )
  return begun === 'session-over' ? begun : { id: begun.id, cookie }
}

/** Null when there is none (any more) in this browser and session, or an authenticator has changed since. */
export async function appUnderWay(
  { userId, sessionId }: Pick<SessionProof, 'userId' | 'sessionId'>,
  cookieHeader: string | null,
  id: string,
): Promise<AppUnderWay | null> {
  const factors = await store().users.factors(userId)
  for (const browser of await browserSecrets(cookieHeader)) {
    const found = await store().pending.find('totp', digestOf(browser), id)
    if (found?.userId !== userId || found.sessionId !== sessionId) continue
    if (found.securityVersion !== factors?.securityVersion) return null
    const opened = openSecret(found.detail.secret ?? '', userId)
    return opened && { id: found.id, secret: opened.secret }
  }
  return null
}

/** The app shows what it should: from here it is a factor of the account. The code that proved it is used up with it. */
export async function addApp(
  proof: FullProof,
  { id, secret }: AppUnderWay,
  code: string,
  endOthers: boolean,
  context: RequestContext,
): Promise<AccountChanged | { readonly outcome: 'wrong-code' }> {
  const step = matchingStep(secret, code, await store().clock())
  if (step === null) return { outcome: 'wrong-code' }
  // Of two presses one gets it.
  if (!(await store().pending.take(id))) return { outcome: 'void' }
  const sealed = sealSecret(secret, proof.userId)
  return changeAccount(proof, { kind: 'totp-added', secret: sealed, step, endOthers }, context)
}
