import { sql } from 'drizzle-orm'
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { ClientKey, DeviceKind, EndReason, EventKind, PendingKind } from '../contract.ts'

/**
 * The tables of the embedded store. Instants are integers, milliseconds since 1970: the session check builds its
 * dates itself, which is cheaper than a conversion for each column (`rows.ts`).
 */
export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull().unique(),
    passwordHash: text('password_hash'),
    passwordFailures: integer('password_failures').notNull().default(0),
    administrator: integer('administrator', { mode: 'boolean' }).notNull().default(false),
    securityVersion: integer('security_version').notNull().default(1),
    disabledAt: integer('disabled_at'),
    deletedAt: integer('deleted_at'),
    formerEmail: text('former_email'),
    formerEmailUntil: integer('former_email_until'),
    emailHeldUntil: integer('email_held_until'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('administrators').on(table.id).where(sql`administrator`)],
)

const ofUser = () =>
  text('user_id')
    .notNull()
    .references(() => users.id)

/** Authenticator apps, one an account. The secret is sealed. */
export const totps = sqliteTable('totps', {
  userId: ofUser().primaryKey(),
  secret: text('secret').notNull(),
  lastStep: integer('last_step').notNull(),
  createdAt: integer('created_at').notNull(),
  lastUsedAt: integer('last_used_at'),
})

export const passkeys = sqliteTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    userId: ofUser(),
    credentialId: text('credential_id').notNull().unique(),
    publicKey: blob('public_key', { mode: 'buffer' }).notNull(),
    counter: integer('counter').notNull(),
    backupEligible: integer('backup_eligible', { mode: 'boolean' }).notNull(),
    backedUp: integer('backed_up', { mode: 'boolean' }).notNull(),
    transports: text('transports').notNull(),
    aaguid: text('aaguid').notNull(),
    name: text('name').notNull(),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [index('passkeys_by_user').on(table.userId)],
)

/** Unused recovery codes, by their digests; a used one is gone. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    userId: ofUser(),
    digest: blob('digest', { mode: 'buffer' }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.digest] })],
)

/** What is half done: a second factor due, a challenge, a mailed link. Opens nothing but its own next step. */
export const pending = sqliteTable(
  'pending',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<PendingKind>().notNull(),
    secretDigest: blob('secret_digest', { mode: 'buffer' }).notNull(),
    userId: text('user_id').references(() => users.id),
    sessionId: text('session_id'),
    securityVersion: integer('security_version').notNull(),
    /** One from an earlier epoch is over, like the sessions of then. */
    epoch: integer('epoch').notNull().default(1),
    detail: text('detail').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
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

/**
 * Live sessions only. What the check reads comes first, so that it never follows a row onto an overflow page.
 * The token itself is nowhere: `digest` is its SHA-256, `successor_wrapped` opens only for whoever has the token.
 */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    generation: integer('generation').notNull(),
    digest: blob('digest', { mode: 'buffer' }).notNull(),
    beganAt: integer('began_at').notNull(),
    lifetimeFrom: integer('lifetime_from').notNull(),
    lastActiveAt: integer('last_active_at').notNull(),
    renewedAt: integer('renewed_at').notNull(),
    remembered: integer('remembered').notNull(),
    lockedAt: integer('locked_at'),
    epoch: integer('epoch').notNull(),
    authentications: text('authentications').notNull(),
    successorGeneration: integer('successor_generation'),
    successorDigest: blob('successor_digest', { mode: 'buffer' }),
    successorWrapped: blob('successor_wrapped', { mode: 'buffer' }),
    successorOfferedAt: integer('successor_offered_at'),
    predecessorGeneration: integer('predecessor_generation'),
    predecessorDigest: blob('predecessor_digest', { mode: 'buffer' }),
    predecessorRetiredAt: integer('predecessor_retired_at'),
    predecessorRetiredBy: text('predecessor_retired_by').$type<'renewal' | 'authentication'>(),
    browserDigest: blob('browser_digest', { mode: 'buffer' }).notNull(),
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

/** Records of ended sessions, kept for 28 days. `seq` is never used twice, so other processes can follow it. */
export const endedSessions = sqliteTable(
  'ended_sessions',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    ...described,
    beganAt: integer('began_at').notNull(),
    lastActiveAt: integer('last_active_at').notNull(),
    endedAt: integer('ended_at').notNull(),
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
export const browsers = sqliteTable(
  'browsers',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    browserDigest: blob('browser_digest', { mode: 'buffer' }).notNull(),
    firstSeen: integer('first_seen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.browserDigest] })],
)

export const events = sqliteTable(
  'events',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    /** Null: somebody tried an address that has no account. */
    userId: text('user_id').references(() => users.id),
    kind: text('kind').$type<EventKind>().notNull(),
    at: integer('at').notNull(),
    sessionId: text('session_id'),
    device: text('device'),
    ip: text('ip'),
    place: text('place'),
    detail: text('detail').notNull(),
  },
  (table) => [
    index('events_by_user').on(table.userId, table.seq),
    // Few: what administrators did, found again when an account that it names is deleted.
    index('events_administered').on(table.seq).where(sql`kind = 'administered'`),
  ],
)

/** Mails that wait. Written with their events; gone when they are sent. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    eventSeq: integer('event_seq')
      .notNull()
      .references(() => events.seq),
    recipient: text('recipient').notNull(),
    sealed: text('sealed'),
    failures: integer('failures').notNull().default(0),
    dueAt: integer('due_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('outbox_by_due').on(table.dueAt)],
)

/** Applications that may ask for a grant. Their secrets are kept as digests. */
export const clients = sqliteTable('clients', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  secretDigest: blob('secret_digest', { mode: 'buffer' }),
  publicKeys: text('public_keys', { mode: 'json' }).$type<readonly ClientKey[]>().notNull().default([]),
  redirectUris: text('redirect_uris', { mode: 'json' }).$type<readonly string[]>().notNull(),
  postLogoutRedirectUris: text('post_logout_redirect_uris', { mode: 'json' }).$type<readonly string[]>().notNull(),
  backchannelLogoutUri: text('backchannel_logout_uri'),
  scope: text('scope').notNull(),
  device: integer('device', { mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
})

/**
 * What people have let applications do. `session_id` is empty once that session has ended and the grant outlives it;
 * `made_in` stays. What hangs below goes with the row, whatever takes it away.
 */
export const grants = sqliteTable(
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
    offline: integer('offline').notNull(),
    authenticatedAt: integer('authenticated_at').notNull(),
    methods: text('methods').notNull(),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
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
export const artifacts = sqliteTable(
  'artifacts',
  {
    kind: text('kind').notNull(),
    digest: blob('digest', { mode: 'buffer' }).notNull(),
    sealed: text('sealed').notNull(),
    grantId: text('grant_id').references(() => grants.id, { onDelete: 'cascade' }),
    userId: text('user_id').references(() => users.id),
    userCodeDigest: blob('user_code_digest', { mode: 'buffer' }),
    /** Of a refresh token: the one in whose place it was made. */
    replaces: blob('replaces', { mode: 'buffer' }),
    consumedAt: integer('consumed_at'),
    expiresAt: integer('expires_at').notNull(),
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
export const onceIds = sqliteTable(
  'once_ids',
  {
    issuer: text('issuer').notNull(),
    id: text('id').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.id] }), index('once_ids_by_expiry').on(table.expiresAt)],
)

/** Relying parties that wait to be told of an end. Written with it; one for each application, session and step. */
export const logouts = sqliteTable(
  'logouts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** Not a reference: whoever is removed is told as well. */
    clientId: text('client_id').notNull(),
    uri: text('uri').notNull(),
    userId: ofUser(),
    sessionId: text('session_id').notNull(),
    failures: integer('failures').notNull().default(0),
    refusals: integer('refusals').notNull().default(0),
    dueAt: integer('due_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('logouts_once').on(table.clientId, table.sessionId, table.createdAt),
    index('logouts_by_due').on(table.dueAt),
  ],
)

/** Accounts elsewhere that open an account here. */
export const identities = sqliteTable(
  'identities',
  {
    id: text('id').primaryKey(),
    userId: ofUser(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    label: text('label'),
    createdAt: integer('created_at').notNull(),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('identities_once').on(table.issuer, table.subject),
    index('identities_by_user').on(table.userId),
  ],
)

/** What sessions rest on whose people another provider has signed in. A row goes with its session, whatever ends it. */
export const federatedSessions = sqliteTable(
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
    issuedAt: integer('issued_at').notNull(),
  },
  (table) => [
    index('federated_by_subject').on(table.issuer, table.subject),
    index('federated_by_sid').on(table.issuer, table.sid).where(sql`sid is not null`),
  ],
)

/** One row: which database this is. Made at random with the tables, so a backup has the same and a new one another. */
export const identity = sqliteTable('identity', { id: text('id').primaryKey() })

/** Counted attempts. `key` is a digest: no address and no e-mail stands here. */
export const attempts = sqliteTable(
  'attempts',
  {
    key: text('key').primaryKey(),
    /** Failures and attempts in flight; one more than the ceiling is a block. */
    taken: integer('taken').notNull(),
    windowEndsAt: integer('window_ends_at').notNull(),
    /** The block's end, otherwise the window's. */
    resetsAt: integer('resets_at').notNull(),
  },
  (table) => [index('attempts_by_reset').on(table.resetsAt)],
)
