import type { EndedSession, Session, SessionProof } from '#db/contract.ts'
import type { Asked } from '#lib/authentication/asked.ts'
import { assuranceLevel } from '#lib/authentication/assurance.ts'
import { settings } from '#lib/config.ts'
import { isPrivateAddress, shortenAddress } from '#lib/device/address.ts'
import { deviceLabel } from '#lib/device/label.ts'
import { isRecent } from '#lib/session/current.ts'
import { deadlines, standing, unusedAfter } from '#lib/session/policy.ts'
import { endPhrase } from '#lib/session/reasons.ts'
import { DAY, secondsBetween } from '#lib/time.ts'
import { type EndedCard, type SessionCard, sessionLabels } from '#ui/session-card.ts'

export type Show = 'all' | 'active' | 'unused'

/** What the parts of the page share. */
export interface PageView {
  readonly now: Date
  readonly formToken: string
  /** Where the last proof of identity is too old to end anything, dialogs ask for another one too. */
  readonly asked: Asked
  /** The dialog that the server draws open: a session's id, `others` or `everywhere`. */
  readonly opened: string | null
  readonly problem: string | null
  /** After how many it may be tried again, where `problem` says so; else 0. */
  readonly seconds: number
  readonly page: number
  /** Which of the other sessions are shown; where none can be unused, all. */
  readonly show: Show
  /** Without activity for this long a session counts as unused; null where none gets there. Seconds. */
  readonly unusedAfter: number | null
}

/** Live sessions as they are shown: this one first, the others by latest activity. */
export function sessionCards(sessions: readonly Session[], proof: SessionProof): readonly SessionCard[] {
  const cards = sessions.map((session) => sessionCard(session, proof))
  const ordered = [...cards.filter(({ current }) => current), ...cards.filter(({ current }) => !current)]
  const labels = sessionLabels(ordered)
  return ordered.map((card, i) => ({ ...card, label: labels[i] ?? card.title }))
}

function sessionCard(session: Session, proof: SessionProof): Omit<SessionCard, 'label'> {
  const { id, name, browser, os, kind, userAgent, place, ip } = session
  const current = id === proof.sessionId
  return {
    id,
    title: deviceLabel(session),
    name,
    device: { browser, os, kind, userAgent },
    place,
    address: addressWords(ip),
    fullAddress: isRecent(proof.session, proof.now) ? ip : null,
    methods: session.authentications.map(({ method }) => method),
    assuranceLevel: assuranceLevel(session.authentications) || 1,
    signedInAt: session.beganAt,
    lastActiveAt: session.lastActiveAt,
    renewedAt: session.renewedAt,
    endsAt: deadlines(session, settings().policy).expiresAt,
    unusedFor: unusedFor(session, proof.now),
    current,
    locked: session.lockedAt !== null || standing(session, settings().policy, proof.now) === 'locked',
    isNew: !current && session.beganAt > proof.session.beganAt,
  }
}

function unusedFor({ lastActiveAt }: Session, now: Date): number | null {
  const since = secondsBetween(lastActiveAt, now)
  const long = unusedAfter(settings().policy)
  return long !== null && since >= long ? Math.floor(since / DAY) * DAY : null
}

export function endedCards(ended: readonly EndedSession[]): readonly EndedCard[] {
  return ended.map((session) => ({
    id: session.id,
    title: deviceLabel(session),
    name: session.name,
    device: session,
    place: session.place,
    address: addressWords(session.ip),
    reason: endPhrase(session, settings().policy),
    signedInAt: session.beganAt,
    endedAt: session.endedAt,
  }))
}

function addressWords(ip: string | null): string {
  if (ip === null) return 'Address unknown'
  return isPrivateAddress(ip) ? 'This machine or local network' : shortenAddress(ip)
}
