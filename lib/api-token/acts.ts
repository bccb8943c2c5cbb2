import 'server-only'
import { settings } from '#lib/config.ts'
import { isWithin } from '#lib/openid-provider/scopes.ts'
import { type SessionView, sessionView, type UserView } from '#lib/session/view.ts'
import { store } from '#lib/store.ts'
import type { TokenProof } from './current.ts'

/** What applications may see and do with a token. Nobody is present, so addresses stay shortened. */
function viewerOf({ session }: TokenProof) {
  return { sessionId: session?.id ?? null, policy: settings().policy, fullAddress: false }
}

/** The session that the token hangs on; null when its grant has outlived it. */
export async function describeOwn(proof: TokenProof): Promise<SessionView | null> {
  const found = proof.session && (await store().sessions.find(proof.session.id))
  return found ? sessionView(found, viewerOf(proof)) : null
}

export async function describeAccount(proof: TokenProof): Promise<readonly SessionView[]> {
  const all = await store().sessions.list(proof.userId)
  return all.map((session) => sessionView(session, viewerOf(proof)))
}

/** Name and address are told to whom the person granted them. */
export async function describePerson({ userId, scope }: TokenProof): Promise<Partial<UserView> | null> {
  const user = await store().users.find(userId)
  if (!user) return null
  return {
    id: user.id,
    ...(isWithin('profile', scope) && { name: user.name }),
    ...(isWithin('email', scope) && { email: user.email }),
  }
}

/**
 * An application ends the session that it was linked in, as leaving never needs a fresh proof; and no other one, known or
 * not, for that does. What it ended is told to the person with its name.
 */
export async function endOwn(proof: TokenProof, id: string): Promise<'ended' | 'not-its-own'> {
  const { session, clientId } = proof
  if (session?.id !== id) return 'not-its-own'
  const client = await store().clients.find(clientId)
  await store().sessions.endAs(session, 'sign-out-one', `the application ${client?.name ?? clientId}`)
  return 'ended'
}
