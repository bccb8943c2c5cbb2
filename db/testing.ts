import { randomBytes } from 'node:crypto'
import { test as base } from '@playwright/test'
import type {
  AdministratorProof,
  Authority,
  Client,
  FullProof,
  Grant,
  NewArtifact,
  NewGrant,
  NewPending,
  NewSession,
  PendingKind,
  RecentProof,
  SessionChange,
  SessionCheck,
  SessionLimit,
  Store,
} from './contract.ts'
import { eventOf } from './records.ts'
import { type Cluster, startCluster } from './testing/cluster.ts'
import { type Place, postgresPlace, sqlitePlace } from './testing/place.ts'
import { HOUR } from './testing/rules.ts'

export { eventOf as event } from './records.ts'
export { DAY, HOUR, LOCKING, MINUTE, RULES } from './testing/rules.ts'

/** What tests of the stores share: an empty database for each test, people, sessions and proofs. Tests only. */
export const DIALECTS = ['sqlite', 'postgres'] as const
export type Dialect = (typeof DIALECTS)[number]

export const NO_LIMIT: SessionLimit = { most: null, action: 'end-oldest' }

interface Fixtures {
  readonly dialect: Dialect
  /** An empty database. */
  readonly place: Place
  /** Opened in this process. */
  readonly store: Store
  /** The id of somebody with an account. */
  readonly alice: string
}

interface WorkerFixtures {
  readonly cluster: () => Promise<Cluster | string>
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  dialect: ['sqlite', { option: true }],

  cluster: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
    async ({}, use) => {
      let started: Promise<Cluster | string> | undefined
      await use(() => {
        started ??= startCluster()
        return started
      })
      const cluster = await started
      if (cluster && typeof cluster !== 'string') await cluster.remove()
    },
    { scope: 'worker' },
  ],

  place: [
    async ({ dialect, cluster }, use, testInfo) => {
      const server = dialect === 'postgres' ? await cluster() : null
      if (typeof server === 'string') console.error(`NOT TESTED on Postgres: ${server}`)
      testInfo.skip(typeof server === 'string', String(server))
      const place = server && typeof server !== 'string' ? await postgresPlace(server) : sqlitePlace()
      await use(place)
      await place.remove()
    },
    // Starting a database server takes its time on a busy machine; that is not the test's.
    { timeout: 60_000 },
  ],

  store: async ({ place }, use) => {
    await use(await place.open())
  },

  alice: async ({ store }, use) => {
    await use(await signUp(store))
  },
})

export async function signUp(store: Store, email = `${randomId()}@example.org`): Promise<string> {
  const id = randomId()
  const user = await store.users.create(
    { id, name: 'Alice', email, passwordHash: 'hash' },
    eventOf('account-created', id),
  )
  if (user === 'email-taken') throw new Error(`${email} is taken`)
  return user.id
}

/** A session as a sign-in in a new browser would begin it. */
export function newSession(userId: string, other: Partial<NewSession> = {}): NewSession {
  const device = { browser: 'Firefox', os: 'Linux', kind: 'desktop', userAgent: 'Mozilla/5.0' } as const
  return {
    id: randomId(),
    userId,
    digest: randomBytes(32),
    remembered: false,
    authentications: [{ method: 'pwd' }],
    securityVersion: 1,
    epoch: 1,
    browserDigest: randomBytes(32),
    replaces: null,
    ip: '192.0.2.1',
    place: 'Germany',
    ...device,
    ...other,
  }
}

export async function begin(store: Store, userId: string, other: Partial<NewSession> = {}): Promise<SessionCheck> {
  const begun = await store.sessions.begin(newSession(userId, other), NO_LIMIT)
  if (begun.outcome !== 'begun') throw new Error('no session began')
  return begun.session
}

/** The one cast to a proof outside of `lib/session/current.ts`. */
export function proofOf(session: SessionCheck, generation = session.generation): RecentProof {
  const { id, userId, now } = session
  return { sessionId: id, userId, generation, now, session } as unknown as RecentProof
}

/** By the right of this session's person, which goes on with a new token where the change asks for one. */
export function byPerson(session: SessionCheck, digest = randomBytes(32)): Extract<Authority, { by: 'person' }> {
  return { by: 'person', proof: proofOf(session) as FullProof, digest }
}

export function byAdministrator(session: SessionCheck, userId: string): Extract<Authority, { by: 'administrator' }> {
  return { by: 'administrator', proof: proofOf(session) as unknown as AdministratorProof & RecentProof, userId }
}

/** By the right of a mailed link together with a session of its account. */
export async function byLink(store: Store, userId: string, pendingId: string): Promise<Authority> {
  const { securityVersion = 1 } = (await store.users.find(userId)) ?? {}
  return { by: 'link', pendingId, proof: proofOf(await begin(store, userId, { securityVersion })) }
}

/** A half-state as its page would begin it. */
export function newPending(kind: PendingKind, userId: string | null, other: Partial<NewPending> = {}): NewPending {
  return {
    id: randomId(),
    kind,
    secretDigest: randomBytes(32),
    userId,
    sessionId: null,
    securityVersion: 1,
    detail: {},
    lifetime: 600,
    ...other,
  }
}

/** An application as `signet clients add` would register it; its relying party can be told of ends. */
export async function registered(store: Store, other: Partial<Client> = {}): Promise<string> {
  const id = randomId()
  const added = await store.clients.add('shell', {
    id,
    name: 'Notes',
    secretDigest: null,
    publicKeys: [],
    redirectUris: ['https://notes.example/callback'],
    postLogoutRedirectUris: [],
    backchannelLogoutUri: 'https://notes.example/logout',
    scope: 'openid offline_access sessions:read',
    device: false,
    ...other,
  })
  if (added !== 'added') throw new Error(added)
  return other.id ?? id
}

/** What a person in this session would let an application do. */
export function newGrant(clientId: string, other: Partial<NewGrant> = {}): NewGrant {
  const shown = { authenticatedAt: new Date(), methods: 'pwd' }
  return { id: randomId(), clientId, scope: 'openid', offline: false, ...shown, lifetime: 8 * HOUR, ...other }
}

/** An application that was linked in this session. */
export async function linked(store: Store, session: SessionCheck, other: Partial<NewGrant> = {}): Promise<Grant> {
  const wanted = newGrant(other.clientId ?? (await registered(store)), other)
  const grant = await store.grants.begin(proofOf(session), wanted, eventOf('app-linked', session.userId))
  if (typeof grant === 'string') throw new Error(grant)
  return grant
}

/** Something that the protocol would keep. */
export function newArtifact(kind: string, other: Partial<NewArtifact> = {}): NewArtifact {
  const none = { grantId: null, userId: null, userCodeDigest: null, replaces: null }
  return { kind, digest: randomBytes(32), sealed: 'sealed', ...none, lifetime: HOUR, ...other }
}

export function successorOf(session: SessionCheck, generation = session.generation + 1) {
  return { generation, digest: randomBytes(32), wrapped: randomBytes(60) }
}

export function randomId(): string {
  return randomBytes(16).toString('base64url')
}

/** Listens in this process; `until` answers with the first change, past or coming, that is wanted. */
export function listen(store: Store) {
  const heard: SessionChange[] = []
  const waiting = new Set<() => void>()
  const stop = store.sessions.watch((change) => {
    heard.push(change)
    for (const look of waiting) look()
  })
  const until = (wanted: (change: SessionChange) => boolean) =>
    new Promise<SessionChange>((resolve) => {
      const look = () => {
        const found = heard.find(wanted)
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { heard, until, stop }
}

export function isEnd(id: string): (change: SessionChange) => boolean {
  return (change) => change.type === 'ended' && change.sessionId === id
}
