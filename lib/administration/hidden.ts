import 'server-only'
import { ID } from '#lib/random.ts'
import { administratorProof } from '#lib/session/administrator.ts'
import { currentSession } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'

const ADMINISTRATION = /^\/admin(?:\/|$)/
const USER = /^\/admin\/users\/([^/]+)$/

/**
 * Whether a path is to be answered as one that leads nowhere: administration, for everybody who is no administrator, and
 * a user that does not exist. It decides about the look of the answer alone: each page earns its own proof, but what
 * Next sends for its `notFound()` is empty where no script runs.
 * @see ASVS v5.0.0-8.3.1
 */
export async function isHidden(pathname: string, cookieHeader: string | null): Promise<boolean> {
  if (!ADMINISTRATION.test(pathname)) return false
  const current = await currentSession(cookieHeader)
  // Whoever has no session is sent to sign in, as from every private page.
  if (current.state !== 'standing') return false
  const proof = await administratorProof(current.proof)
  if (!proof) return true
  const id = USER.exec(pathname)?.[1]
  if (id === undefined) return false
  const user = ID.test(id) ? await store().administration.user(proof, id) : undefined
  return user === undefined || user === 'not-administrator'
}
