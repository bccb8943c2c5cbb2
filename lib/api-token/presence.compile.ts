/**
 * A token in place of the person does not compile. The type checker reads this file and nobody runs it: each line below
 * that would compile after all makes `npm run typecheck` fail.
 * @see NIST SP 800-63B-4 §5.1.2, ASVS v5.0.0-7.5.2; docs/decisions/0040
 */
import type { NewEvent, NewGrant, SessionProof, Store } from '#db/contract.ts'
import type { TokenProof } from './current.ts'

export function standingIn(
  { sessions, users, grants }: Store,
  token: TokenProof,
  grant: NewGrant,
  event: NewEvent,
): void {
  // @ts-expect-error a token is no session
  sessions.signOut(token)
  // @ts-expect-error it is nobody’s activity
  sessions.touch(token, { ip: null, place: null }, 60)
  // @ts-expect-error it ends no other session
  sessions.end(token, 'id', null)
  // @ts-expect-error nor all of them
  sessions.endAll(token, null)
  // @ts-expect-error it changes no account
  users.rename(token, 'Mallory', event)
  // @ts-expect-error it lets no further application in
  grants.begin(token, grant, event)
  // @ts-expect-error and takes none out
  grants.end(token, 'grant', event)
}

export function imitating({ session, ...token }: TokenProof, person: SessionProof): void {
  const { userId, now } = token
  // @ts-expect-error an object that looks like a proof of the person is none
  const imitated: SessionProof = { userId, now, sessionId: 'id', generation: 1, session: session ?? person.session }
  void imitated
}
