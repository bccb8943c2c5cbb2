import 'server-only'
import type { SessionCheck } from '#db/contract.ts'
import { staysSignedIn } from '#lib/relying-party/sign-out.ts'
import { store } from '#lib/store.ts'
import { findFlow } from './flow.ts'

/** An application's wish that the person signs out, waiting in this browser. */
export interface SignOutRequest {
  readonly id: string
  /** Who asks; null when the request does not say. */
  readonly app: string | null
  /** Where the application wants the person back; it has registered that address. */
  readonly back: string | null
}

export async function signOutRequest(cookieHeader: string | null, id: string): Promise<SignOutRequest | null> {
  const flow = await findFlow(cookieHeader, id)
  if (!flow || flow.detail.signOut === undefined) return null
  const { clientId = '', uri, state } = flow.detail
  const client = clientId ? await store().clients.find(clientId) : undefined
  const registered = uri !== undefined && client?.postLogoutRedirectUris.includes(uri)
  return { id, app: client?.name ?? null, back: registered ? withState(uri, state) : null }
}

function withState(uri: string, state: string | undefined): string {
  const url = new URL(uri)
  if (state !== undefined) url.searchParams.set('state', state)
  return url.href
}

/** What signing out here does not end. */
export interface Staying {
  /** Other sessions of the account. */
  readonly sessions: number
  /** Names of applications that were let stay (`offline_access`). */
  readonly apps: readonly string[]
  /** The name of the provider at which they may be signed in; null when none was used in this session. */
  readonly provider: string | null
}

export async function stayingAfter(session: SessionCheck): Promise<Staying> {
  const { id, userId } = session
  const [sessions, grants] = [await store().sessions.list(userId), await store().grants.list(userId)]
  const apps = grants.filter(({ offline }) => offline).map(({ clientName }) => clientName)
  const provider = (await staysSignedIn(session))?.provider?.name ?? null
  return { sessions: sessions.filter((each) => each.id !== id).length, apps: [...new Set(apps)], provider }
}
