import 'server-only'
import type { LinkedApp, SessionProof } from '#db/contract.ts'
import { deviceLabel } from '#lib/device/label.ts'
import { scopeWords } from '#lib/openid-provider/scopes.ts'
import { store } from '#lib/store.ts'
import { type SessionCard, sessionName } from '#ui/session-card.ts'
import { sessionCards } from '../sessions/views.ts'

/** An application that the person has linked, ready to be shown. */
export interface AppCard {
  /** The grant's. */
  readonly id: string
  readonly name: string
  /** What it may do, in words. */
  readonly may: readonly string[]
  readonly linkedAt: Date
  readonly lastUsedAt: Date
  readonly endsAt: Date
  /** The session in which it was linked: "this session", or its name. */
  readonly from: string
  /** It goes on when that session ends. */
  readonly outlives: boolean
}

/** Last used first. `live`: the account's sessions as they are shown, where they are at hand. */
export async function linkedApps(proof: SessionProof, live?: readonly SessionCard[]): Promise<readonly AppCard[]> {
  const grants = await store().grants.list(proof.userId)
  if (grants.length === 0) return []
  const sessions = live ?? sessionCards(await store().sessions.list(proof.userId), proof)
  return Promise.all(grants.map((grant) => appCard(grant, sessions)))
}

async function appCard(grant: LinkedApp, sessions: readonly SessionCard[]): Promise<AppCard> {
  return {
    id: grant.id,
    name: grant.clientName,
    may: scopeWords(grant.scope),
    linkedAt: grant.createdAt,
    lastUsedAt: grant.lastUsedAt,
    endsAt: grant.expiresAt,
    from: await sessionWords(grant, sessions),
    outlives: grant.offline,
  }
}

async function sessionWords({ madeIn }: LinkedApp, sessions: readonly SessionCard[]): Promise<string> {
  const session = sessions.find(({ id }) => id === madeIn)
  if (session) return session.current ? 'this session' : sessionName(session)
  const ended = await store().sessions.ended(madeIn)
  return ended ? `${ended.name ?? deviceLabel(ended)}, a session that has ended` : 'a session that has ended'
}
