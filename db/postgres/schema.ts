import { bigint, bigserial, boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { DeviceKind, EndReason, EventKind } from '../contract.ts'
import { bytes, instant, json } from './columns.ts'

/** The tables of the Postgres store: those of `../sqlite/schema.ts`, in this database's types. */
export const users = pgTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  administrator: boolean('administrator').notNull().default(false),
  createdAt: instant('created_at').notNull(),
})

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
    index('sessions_by_activity').on(table.remembered, table.lastActiveAt),
    index('sessions_by_lifetime').on(table.remembered, table.lifetimeFrom),
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
  (table) => [index('ended_by_user').on(table.userId, table.seq), index('ended_by_time').on(table.endedAt)],
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
  (table) => [index('events_by_user').on(table.userId, table.seq)],
)

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
