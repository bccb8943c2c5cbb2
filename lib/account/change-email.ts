import 'server-only'
import type { FullProof, SessionProof } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { emailChangeThrottle } from '#lib/authentication/throttle.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { exactTime } from '#lib/words/time.ts'
import { parseEmail } from './email.ts'
import { linkOf, mailLink } from './mailed-link.ts'

export type MoveAsked =
  | { readonly outcome: 'asked'; readonly email: string }
  | { readonly outcome: 'invalid' | 'held'; readonly message: string }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }
  | { readonly outcome: 'session-over' }

/**
 * Asks for another address: nothing changes before whoever reads its mail has confirmed it. Where the address has an
 * account already, that is told to its owner, who gets no link, and to nobody else.
 * @see ASVS v5.0.0-7.5.1 (the proof), v5.0.0-6.3.8; docs/decisions/0029
 */
export async function askForEmail(proof: FullProof, written: string, context: RequestContext): Promise<MoveAsked> {
  const user = await store().users.find(proof.userId)
  if (!user) return { outcome: 'session-over' }
  if (user.emailHeldUntil && user.emailHeldUntil > proof.now) {
    return { outcome: 'held', message: heldSentence(user.emailHeldUntil) }
  }
  const parsed = parseEmail(written)
  if ('problem' in parsed) return { outcome: 'invalid', message: parsed.problem }
  const { email } = parsed
  if (email === user.email) return { outcome: 'invalid', message: 'This is the address of your account already.' }
  const attempt = await emailChangeThrottle(store()).take({ userId: user.id, email })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const withheld = (await store().users.findByEmail(email)) !== undefined
  const event = eventFrom('email-change-requested', proof, context, { to: email })
  const begun = await mailLink({ kind: 'email', user, proof, detail: { email }, withheld }, event)
  return begun === 'session-over' ? { outcome: begun } : { outcome: 'asked', email }
}

export function heldSentence(until: Date): string {
  return `The address was changed or set back lately. It can be changed again from ${exactTime(until)}.`
}

export interface Move {
  readonly userId: string
  readonly pendingId: string
  readonly from: string
  readonly to: string
}

/** The change that a link confirms, or null. */
export async function moveOf(token: string | null): Promise<Move | null> {
  const link = await linkOf('email', token)
  const to = link?.pending.detail.email
  return link && to ? { userId: link.user.id, pendingId: link.pending.id, from: link.user.email, to } : null
}

/**
 * Confirms it. Whoever has the link reads the new address's mail; that they have the account too is shown by a session
 * of it, or a mistyped address would give the account to a stranger.
 */
export async function confirmEmail(
  move: Move,
  proof: SessionProof,
  context: RequestContext,
): Promise<'changed' | 'superseded' | 'void'> {
  if (proof.userId !== move.userId) return 'void'
  const { pendingId, from, to } = move
  const event = eventFrom('email-changed', proof, context, { from, to })
  const changed = await store().users.change({ by: 'link', pendingId, proof }, { kind: 'email-changed' }, event)
  return changed.outcome === 'changed' || changed.outcome === 'superseded' ? changed.outcome : 'void'
}
