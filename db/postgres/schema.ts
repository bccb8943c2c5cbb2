import { sql } from 'drizzle-orm'
import { bigint, bigserial, boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { ClientKey, DeviceKind, EndReason, EventKind, PendingKind } from '../contract.ts'
import { bytes, instant, json } from './columns.ts'

/** The tables of the Postgres store: those of `../sqlite/schema.ts`, in this database's types. */
export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull().unique(),
    passwordHash: text('password_hash'),
    passwordFailures: integer('password_failures').notNull().default(0),
    administrator: boolean('administrator').notNull().default(false),
    securityVersion: integer('security_version').notNull().default(1),
    disabledAt: instant('disabled_at'),
    deletedAt: instant('deleted_at'),
    formerEmail: text('former_email'),
    formerEmailUntil: instant('former_email_until'),
    emailHeldUntil: instant('email_held_until'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('administrators').on(table.id).where(sql`administrator`)],
)

const ofUser = () =>
  text('user_id')
    .notNull()
    .references(() => users.id)

/** Authenticator apps, one an account. The secret is sealed. */
export const totps = pgTable('totps', {
  userId: ofUser().primaryKey(),
  secret: text('secret').notNull(),
  lastStep: bigint('last_step', { mode: 'number' }).notNull(),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at'),
})

export const passkeys = pgTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    userId: ofUser(),
    credentialId: text('credential_id').notNull().unique(),
    publicKey: bytes('public_key').notNull(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    backupEligible: boolean('backup_eligible').notNull(),
    backedUp: boolean('backed_up').notNull(),
    transports: text('transports').notNull(),
    aaguid: text('aaguid').notNull(),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [index('passkeys_by_user').on(table.userId)],
)

/** Unused recovery codes, by their digests; a used one is gone. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: ofUser(),
    digest: bytes('digest').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.digest] })],
)

/** What is half done: a second factor due, a challenge, a mailed link. Opens nothing but its own next step. */
export const pending = pgTable(
  'pending',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<PendingKind>().notNull(),
    secretDigest: bytes('secret_digest').notNull(),
    userId: text('user_id').references(() => users.id),
    sessionId: text('session_id'),
    securityVersion: integer('security_version').notNull(),
    /** One from an earlier epoch is over, like the sessions of then. */
    epoch: integer('epoch').notNull().default(1),
    detail: json<Record<string, string>>()('detail').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    index('pending_by_secret').on(table.secretDigest, table.kind),
    index('pending_by_user').on(table.userId),
    index('pending_by_session').on(table.sessionId),
    index('pending_by_expiry').on(table.expiresAt),
  ],
)

/** What is known of a session's device, while it lives and afterwards. */
const described = {
  name: text('name'),
  browser: text('browser'),
  os: text('os'),
  kind: text('kind').$type<DeviceKind>().notNull(),
  userAgent: text('user_agent'),
  ip: text('ip'),
  place: text('place'),
}

/** Live sessions only. The token itself is nowhere: `digest` is its SHA-256. */
export const sessions = pgTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    generation: integer('generation').notNull(),
    digest: bytes('digest').notNull(),
    beganAt: instant('began_at').notNull(),
    lifetimeFrom: instant('lifetime_from').notNull(),
    lastActiveAt: instant('last_active_at').notNull(),
    renewedAt: instant('renewed_at').notNull(),
    remembered: boolean('remembered').notNull(),
    lockedAt: instant('locked_at'),
    epoch: integer('epoch').notNull(),
    authentications: json<{ method: string; at: string }[]>()('authentications').notNull(),
    successorGeneration: integer('successor_generation'),
    successorDigest: bytes('successor_digest'),
    successorWrapped: bytes('successor_wrapped'),
    successorOfferedAt: instant('successor_offered_at'),
    predecessorGeneration: integer('predecessor_generation'),
    predecessorDigest: bytes('predecessor_digest'),
    predecessorRetiredAt: instant('predecessor_retired_at'),
    predecessorRetiredBy: text('predecessor_retired_by').$type<'renewal' | 'authentication'>(),
    browserDigest: bytes('browser_digest').notNull(),
    ...described,
  },
  (table) => [
    uniqueIndex('sessions_one_for_each_browser').on(table.userId, table.browserDigest),
    // Locked sessions wait for their lifetime alone; looking for idle ones must not meet them each time.
    index('sessions_by_activity').on(table.remembered, table.lastActiveAt).where(sql`locked_at is null`),
    index('sessions_by_lifetime').on(table.remembered, table.lifetimeFrom),
    index('sessions_by_lock').on(table.lockedAt).where(sql`locked_at is not null`),
    index('sessions_by_beginning').on(table.beganAt),
  ],
)

/** Records of ended sessions, kept for 28 days. */
export const endedSessions = pgTable(
  'ended_sessions',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    id: text('id').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    ...described,
    beganAt: instant('began_at').notNull(),
    lastActiveAt: instant('last_active_at').notNull(),
    endedAt: instant('ended_at').notNull(),
    reason: text('reason').$type<EndReason>().notNull(),
    endedBy: text('ended_by'),
  },
  (table) => [
    index('ended_by_user').on(table.userId, table.seq),
    index('ended_by_time').on(table.endedAt),
    // For counting: neither is followed to a row.
    index('ended_by_beginning').on(table.beganAt),
    index('ended_by_reason').on(table.reason, table.endedAt),
  ],
)

/** Browsers in which somebody has signed in to an account: tells a new device from a known one. */
export const browsers = pgTable(
  'browsers',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    browserDigest: bytes('browser_digest').notNull(),
    firstSeen: instant('first_seen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.browserDigest] })],
)

export const events = pgTable(
  'events',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    /** Null: somebody tried an address that has no account. */
    userId: text('user_id').references(() => users.id),
    kind: text('kind').$type<EventKind>().notNull(),
    at: instant('at').notNull(),
    sessionId: text('session_id'),
    device: text('device'),
    ip: text('ip'),
    place: text('place'),
    detail: json<Record<string, string>>()('detail').notNull(),
  },
  (table) => [
    index('events_by_user').on(table.userId, table.seq),
    // Few: what administrators did, found again when an account that it names is deleted.
    index('events_administered').on(table.seq).where(sql`kind = 'administered'`),
  ],
)

/** Mails that wait. Written with their events; gone when they are sent. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    eventSeq: bigint('event_seq', { mode: 'number' })
      .notNull()
      .references(() => events.seq),
    recipient: text('recipient').notNull(),
    sealed: text('sealed'),
    failures: integer('failures').notNull().default(0),
    dueAt: instant('due_at').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('outbox_by_due').on(table.dueAt)],
)

/** Applications that may ask for a grant. Their secrets are kept as digests. */
export const clients = pgTable('clients', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  secretDigest: bytes('secret_digest'),
  publicKeys: json<readonly ClientKey[]>()('public_keys').notNull().default(sql`'[]'`),
  redirectUris: json<readonly string[]>()('redirect_uris').notNull(),
  postLogoutRedirectUris: json<readonly string[]>()('post_logout_redirect_uris').notNull(),
  backchannelLogoutUri: text('backchannel_logout_uri'),
  scope: text('scope').notNull(),
  device: boolean('device').notNull(),
  createdAt: instant('created_at').notNull(),
})

/**
 * What people have let applications do. `session_id` is empty once that session has ended and the grant outlives it;
 * `made_in` stays. What hangs below goes with the row, whatever takes it away.
 */
export const grants = pgTable(
  'grants',
  {
    id: text('id').primaryKey(),
    userId: ofUser(),
    clientId: text('client_id')
      .notNull()
      .references(() => clients.id),
    sessionId: text('session_id'),
    madeIn: text('made_in').notNull(),
    scope: text('scope').notNull(),
    offline: boolean('offline').notNull(),
    authenticatedAt: instant('authenticated_at').notNull(),
    methods: text('methods').notNull(),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    epoch: integer('epoch').notNull(),
  },
  (table) => [
    index('grants_by_user').on(table.userId),
    index('grants_by_client').on(table.clientId),
    index('grants_by_session').on(table.sessionId).where(sql`session_id is not null`),
    // One that has run out waits for the end of its session: its relying party is told then.
    index('grants_by_expiry').on(table.expiresAt).where(sql`session_id is null`),
  ],
)

/** What the protocol keeps, by the digests of its values. Sealed; none of it can be used from here. */
export const artifacts = pgTable(
  'artifacts',
  {
    kind: text('kind').notNull(),
    digest: bytes('digest').notNull(),
    sealed: text('sealed').notNull(),
    grantId: text('grant_id').references(() => grants.id, { onDelete: 'cascade' }),
    userId: text('user_id').references(() => users.id),
    userCodeDigest: bytes('user_code_digest'),
    /** Of a refresh token: the one in whose place it was made. */
    replaces: bytes('replaces'),
    consumedAt: instant('consumed_at'),
    expiresAt: instant('expires_at').notNull(),
    epoch: integer('epoch').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.digest] }),
    index('artifacts_by_grant').on(table.grantId).where(sql`grant_id is not null`),
    index('artifacts_by_user').on(table.userId).where(sql`user_id is not null`),
    index('artifacts_by_user_code').on(table.userCodeDigest).where(sql`user_code_digest is not null`),
    index('artifacts_by_predecessor').on(table.replaces).where(sql`replaces is not null`),
    index('artifacts_by_expiry').on(table.expiresAt),
  ],
)

/** Identifiers that are good once, until whatever they name has run out anyway. */
export const onceIds = pgTable(
  'once_ids',
  {
    issuer: text('issuer').notNull(),
    id: text('id').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.id] }), index('once_ids_by_expiry').on(table.expiresAt)],
)

/** Relying parties that wait to be told of an end. Written with it; one for each application, session and step. */
export const logouts = pgTable(
  'logouts',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    /** Not a reference: whoever is removed is told as well. */
    clientId: text('client_id').notNull(),
    uri: text('uri').notNull(),
    userId: ofUser(),
    sessionId: text('session_id').notNull(),
    failures: integer('failures').notNull().default(0),
    refusals: integer('refusals').notNull().default(0),
    dueAt: instant('due_at').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('logouts_once').on(table.clientId, table.sessionId, table.createdAt),
    index('logouts_by_due').on(table.dueAt),
  ],
)

/** Accounts elsewhere that open an account here. */
export const identities = pgTable(
  'identities',
  {
    id: text('id').primaryKey(),
    userId: ofUser(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    label: text('label'),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [
    uniqueIndex('identities_once').on(table.issuer, table.subject),
    index('identities_by_user').on(table.userId),
  ],
)

/** What sessions rest on whose people another provider has signed in. A row goes with its session, whatever ends it. */
export const federatedSessions = pgTable(
  'federated_sessions',
  {
    sessionId: text('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    sid: text('sid'),
    /** The ID token, sealed. */
    sealed: text('sealed').notNull(),
    /** By the provider's clock. */
    issuedAt: instant('issued_at').notNull(),
  },
  (table) => [
    index('federated_by_subject').on(table.issuer, table.subject),
    index('federated_by_sid').on(table.issuer, table.sid).where(sql`sid is not null`),
  ],
)

/** One row: which database this is. Made at random with the tables, so a backup has the same and a new one another. */
export const identity = pgTable('identity', { id: text('id').primaryKey() })

/** Counted attempts. `key` is a digest: no address and no e-mail stands here. */
export const attempts = pgTable(
  'attempts',
  {
    key: text('key').primaryKey(),
    /** Failures and attempts in flight; one more than the ceiling is a block. */
    taken: bigint('taken', { mode: 'number' }).notNull(),
    windowEndsAt: instant('window_ends_at').notNull(),
    /** The block's end, otherwise the window's. */
    resetsAt: instant('resets_at').notNull(),
  },
  (table) => [index('attempts_by_reset').on(table.resetsAt)],
)
