import 'server-only'
import type { SessionProof } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import {
  isConfirmedEach,
  isSuperseded,
  missingOf,
  type Proofs,
  proofFor,
  provenAgain,
  type Standing,
} from '#lib/session/current.ts'
import { store } from '#lib/store.ts'
import { type Asked, askSentence, fieldsFor, type StepUpField } from './asked.ts'
import type { Act } from './challenges.ts'
import { type Reauthenticated, reauthenticate } from './reauthenticate.ts'
import type { Missing } from './requirements.ts'
import type { Shown } from './shown.ts'
import { CODES_SWITCHED_OFF, throttledSentence } from './throttle-words.ts'

export type StepUp<Kind extends keyof Proofs> =
  /** A fresh proof, with the cookie of the new token when one was made. */
  | { readonly outcome: 'proven'; readonly proof: Proofs[Kind]; readonly cookie: Cookie | null }
  | NotProven
  | { readonly outcome: 'session-over' }

/** What the form must say, for the whole and for each field that must be filled in. Nothing has been done. */
export interface NotProven {
  readonly outcome: 'asked' | 'wrong' | 'refused'
  readonly message?: string
  readonly fields: Readonly<Partial<Record<StepUpField, string>>>
  /** What was shown was right, so there is a new token, and still it was not enough. */
  readonly cookie?: Cookie
  /** Too many attempts; without it, `refused` means that the token was just renewed. Seconds. */
  readonly retryAfter?: number
}

/**
 * Earns the proof that a sensitive act needs, with what came along in the same form where the last proof is too old or
 * too little: the act is asked for once and done once. Nothing is checked before all of it is there.
 * Where each act is confirmed by itself, nothing that was shown before counts, unless the act goes on with what a
 * confirmed one has begun (`continued`).
 * @see ASVS v5.0.0-7.5.1, 7.5.2; docs/decisions/0028, 0037
 */
export async function stepUp<Kind extends keyof Proofs>(
  kind: Kind,
  current: Standing,
  shown: Shown,
  context: RequestContext,
  act: Act | 'continued',
): Promise<StepUp<Kind>> {
  const window = act === 'continued' ? settings().policy.reauthenticationWindow : undefined
  const proof = await proofFor(kind, current, window)
  if (proof === 'superseded') return AGAIN
  if (proof !== 'stale') return { outcome: 'proven', proof, cookie: null }
  const missing = await missingOf(kind, current.proof, window)
  if (!isEnough(kind, missing, shown)) return asked(missing)
  return afterShowing(kind, await reauthenticate(current, shown, context, boundTo(act, current)))
}

/** Elsewhere a passkey shows who is there, and for some minutes that is enough. */
function boundTo(act: Act | 'continued', { proof }: Standing): Act | undefined {
  return act !== 'continued' && isConfirmedEach(proof.session) ? act : undefined
}

/**
 * A full proof for which the present password is asked and checked, whatever is fresh. @see ASVS v5.0.0-6.2.3
 * @param act `continued`: a passkey has just confirmed this very act
 */
export async function stepUpByPassword(
  current: Standing,
  shown: Shown,
  context: RequestContext,
  act: Act | 'continued',
): Promise<StepUp<'full'>> {
  if (isSuperseded(current)) return AGAIN
  const window = act === 'continued' ? settings().policy.reauthenticationWindow : undefined
  const others = (await missingOf('full', current.proof, window)).filter((one) => one !== 'password')
  if (shown.password === null) return asked(['password', ...others])
  if (!isEnough('full', others, shown)) return asked(others)
  return afterShowing('full', await reauthenticate(current, shown, context, boundTo(act, current)))
}

/** What showing factors came to, for the act that asked for them. */
export async function afterShowing<Kind extends keyof Proofs>(
  kind: Kind,
  result: Reauthenticated,
): Promise<StepUp<Kind>> {
  switch (result.outcome) {
    case 'confirmed': {
      const { session, cookie } = result
      const proof = await provenAgain(kind, session)
      if (proof !== 'stale') return { outcome: 'proven', proof, cookie }
      return { ...asked(await missingOf(kind, { userId: session.userId, session, now: session.now })), cookie }
    }
    case 'wrong':
      return { outcome: 'wrong', ...WRONG[result.what] }
    case 'superseded':
      return AGAIN
    case 'throttled': {
      const message = result.lasting ? CODES_SWITCHED_OFF : throttledSentence(result.retryAfter)
      return { outcome: 'refused', message, fields: {}, retryAfter: result.retryAfter }
    }
    case 'session-over':
      return { outcome: 'session-over' }
  }
}

/** What a form with an act in it must ask for. @param window as for `missingOf`: with 0, whatever is fresh already */
export async function askedFor(
  kind: keyof Proofs,
  proof: Pick<SessionProof, 'userId' | 'session' | 'now'>,
  { window }: { readonly window?: number } = {},
): Promise<Asked> {
  const missing = await missingOf(kind, proof, window)
  const factors = await store().users.factors(proof.userId)
  return {
    fields: fieldsFor(missing),
    either: kind === 'recent',
    passkey: (factors?.passkeys.length ?? 0) > 0,
    code: factors !== undefined && (factors.totp !== null || factors.recoveryCodes > 0),
    hint: isConfirmedEach(proof.session) ? HINTS.each : HINTS[kind],
  }
}

const HINTS = {
  recent: 'It has been a while since you confirmed that it is you.',
  full: 'This changes how your account is opened, so it takes all that opens it.',
  each: 'Here a passkey confirms each such act by itself.',
}

/** A passkey is enough for everything; for a recent proof any factor is, but at level 3, which takes a passkey. */
export function isEnough(kind: keyof Proofs, missing: readonly Missing[], { password, code, passkey }: Shown): boolean {
  if (passkey) return true
  if (missing.includes('passkey') || missing.includes('provider')) return false
  if (kind === 'recent') return password !== null || code !== null
  return missing.every((one) => (one === 'password' ? password : code) !== null)
}

export function asked(missing: readonly Missing[]): NotProven {
  const fields = fieldsFor(missing)
  return { outcome: 'asked', fields: Object.fromEntries(fields.map((field) => [field, askSentence(field)])) }
}

/** What a form says that came with a token which has a successor. */
export const RENEWED = 'Your session was just renewed, so nothing has been done yet. Please press the button once more.'

const AGAIN: NotProven = {
  outcome: 'refused',
  message: RENEWED,
  fields: {},
}

const WRONG: Readonly<
  Record<Extract<Reauthenticated, { outcome: 'wrong' }>['what'], Pick<NotProven, 'message' | 'fields'>>
> = {
  password: { fields: { password: 'That password is wrong. Nothing has been done.' } },
  code: { fields: { code: 'That code is wrong, or was used before. Nothing has been done.' } },
  'password-or-code': {
    message: 'The password or the code is wrong. Nothing has been done.',
    fields: { password: 'Enter your password once more.', code: 'Enter the code that is shown now.' },
  },
  passkey: { fields: { passkey: 'That passkey could not be checked. Nothing has been done.' } },
}
