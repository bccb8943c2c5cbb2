import 'server-only'
import { hash } from 'node:crypto'
import type { Federation, Limit, Pending, SignedOutElsewhere } from './contract.ts'

/**
 * What a provider has signed out is remembered for a while: an answer of before may be on its way through this very server,
 * and must not begin a session that nobody ends any more.
 * @see ASVS v5.0.0-7.4.1, 10.5.5; docs/decisions/0036
 */

/** Seconds: longer than half a sign-in lives. */
const REMEMBERED = 15 * 60

const KIND = 'signed-out-elsewhere'

type Named = Pick<SignedOutElsewhere, 'issuer' | 'subject' | 'sid'>

function nameOf({ issuer, subject, sid }: Named): string {
  return hash('sha256', JSON.stringify([issuer, subject, sid]), 'base64url')
}

/** The row that remembers it. */
export function remembered({ issuedAt, ...whom }: Omit<SignedOutElsewhere, 'token'>) {
  const id = nameOf(whom)
  const nobody = { userId: null, sessionId: null, securityVersion: 0 } as const
  const secretDigest = Buffer.from(id, 'base64url')
  return {
    id,
    kind: KIND,
    secretDigest,
    ...nobody,
    detail: { issuedAt: issuedAt.toISOString() },
    lifetime: REMEMBERED,
  } as const
}

/** Under which names a sign-out could stand that reaches what rests on this. In order, as they are locked. */
export function namesOf(federation: Federation | Limit | null | undefined): readonly string[] {
  if (!federation || !('issuer' in federation)) return []
  const { issuer, subject, sid } = federation
  const whole = nameOf({ issuer, subject, sid: null })
  return sid === null
    ? [whole]
    : [whole, nameOf({ issuer, subject: null, sid }), nameOf({ issuer, subject, sid })].sort()
}

/** Whether the row says that what was issued then is signed out. */
export function isSignedOutBy(row: Pick<Pending, 'kind' | 'detail'>, issuedAt: Date): boolean {
  return row.kind === KIND && (row.detail.issuedAt ?? '') >= issuedAt.toISOString()
}
