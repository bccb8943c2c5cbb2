/**
 * Forgetting the check does not compile. The type checker reads this file and nobody runs it: each line below that
 * would compile after all makes `npm run typecheck` fail.
 * @see ASVS v5.0.0-7.2.1, v5.0.0-7.5.1, v5.0.0-7.5.2
 */
import type { FullProof, NewEvent, RecentProof, SessionProof, Store } from './contract.ts'
import { type Cause, type Credential, type Decision, WHAT_ENDS } from './what-ends.ts'

export function forgetting(store: Store, proof: SessionProof, recent: RecentProof): void {
  const { sessions, users } = store
  const userId: string = proof.userId
  const lookalike = { sessionId: proof.sessionId, userId, generation: 1, now: proof.now, session: proof.session }

  sessions.signOut(proof)
  // @ts-expect-error a user's id is no proof
  sessions.signOut(userId)
  // @ts-expect-error an object that looks like a proof is none
  sessions.signOut(lookalike)
  // @ts-expect-error without a proof no name is changed
  users.rename(userId, 'Mallory')

  sessions.endOthers(recent, null)
  // @ts-expect-error ending other sessions takes a fresh proof
  sessions.endOthers(proof, null)
  // @ts-expect-error and so does ending one
  sessions.end(proof, 'id', null)
  // @ts-expect-error or all
  sessions.endAll(proof, null)
  // @ts-expect-error or naming one
  sessions.rename(proof, 'id', 'name')
}

export function changing(store: Store, recent: RecentProof, full: FullProof, event: NewEvent): void {
  const { users } = store
  const digest = Buffer.alloc(32)
  const change = { kind: 'totp-removed', endOthers: true } as const

  users.change({ by: 'person', proof: full, digest }, change, event)
  // @ts-expect-error one factor changes no authenticator
  users.change({ by: 'person', proof: recent, digest }, change, event)
  // @ts-expect-error an administrator is proven by the account's row
  users.change({ by: 'administrator', proof: full, userId: 'somebody' }, { kind: 'account-disabled' }, event)
}

export function linking(store: Store, proof: SessionProof, recent: RecentProof, event: NewEvent): void {
  const { grants, clients } = store
  const shown = { authenticatedAt: proof.now, methods: 'pwd' }
  const grant = { id: 'grant', clientId: 'client', scope: 'openid', offline: false, ...shown, lifetime: 60 }

  grants.begin(proof, grant, event)
  // @ts-expect-error nothing is granted without a session
  grants.begin(proof.userId, grant, event)
  grants.end(recent, 'grant', event)
  // @ts-expect-error disconnecting takes a fresh proof
  grants.end(proof, 'grant', event)
  clients.remove('shell', 'client', null)
  // @ts-expect-error a fresh proof is none of an administrator
  clients.remove(recent, 'client', null)
}

/** An event, or a thing that can be held of an account, about which the table says nothing. */
export function undecided(): unknown[] {
  const decided: Readonly<Record<Cause, Readonly<Record<Credential, Decision>>>> = WHAT_ENDS
  // @ts-expect-error an event without a decision
  const event: Readonly<Record<Cause | 'account-merged', unknown>> = WHAT_ENDS
  // @ts-expect-error a credential without a decision
  const credential: Readonly<Record<Cause, Readonly<Record<Credential | 'apiKeys', Decision>>>> = WHAT_ENDS
  // @ts-expect-error a decision that is none
  const decision: Decision = 'perhaps'
  return [decided, event, credential, decision]
}
