import 'server-only'
import { and, asc, eq, gte, lt, or, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { passkeys, recoveryCodes, totps } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

/** What an account can be opened with. A use is a compare-and-set: of parallel ones, one changes a row. */
export function factorQueries(db: BetterSQLite3Database) {
  return {
    totp: db
      .select()
      .from(totps)
      .where(eq(totps.userId, p('userId')))
      .prepare(),
    insertTotp: db.insert(totps).values(columns(totps)).prepare(),
    deleteTotp: db
      .delete(totps)
      .where(eq(totps.userId, p('userId')))
      .prepare(),
    spendTotp: db
      .update(totps)
      .set({ lastStep: to('step'), lastUsedAt: to('now'), secret: sql`coalesce(${p('resealed')}, ${totps.secret})` })
      .where(and(eq(totps.userId, p('userId')), lt(totps.lastStep, p('step'))))
      .prepare(),
    passkeysOfUser: db
      .select()
      .from(passkeys)
      .where(eq(passkeys.userId, p('userId')))
      .orderBy(asc(passkeys.createdAt), asc(passkeys.id))
      .prepare(),
    passkeyByCredential: db
      .select()
      .from(passkeys)
      .where(eq(passkeys.credentialId, p('credentialId')))
      .prepare(),
    deleteTotpSince: db
      .delete(totps)
      .where(and(eq(totps.userId, p('userId')), gte(totps.createdAt, p('since'))))
      .prepare(),
    deletePasskeysSince: db
      .delete(passkeys)
      .where(and(eq(passkeys.userId, p('userId')), gte(passkeys.createdAt, p('since'))))
      .prepare(),
    deleteRecoveryCodesSince: db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, p('userId')), gte(recoveryCodes.createdAt, p('since'))))
      .prepare(),
    insertPasskey: db.insert(passkeys).values(columns(passkeys)).prepare(),
    namePasskey: db
      .update(passkeys)
      .set({ name: to('name') })
      .where(eq(passkeys.id, p('id')))
      .prepare(),
    deletePasskey: db
      .delete(passkeys)
      .where(eq(passkeys.id, p('id')))
      .prepare(),
    deletePasskeys: db
      .delete(passkeys)
      .where(eq(passkeys.userId, p('userId')))
      .prepare(),
    // Many passkeys do not count: theirs is always zero. @see WebAuthn Level 3 §6.1.1
    spendPasskey: db
      .update(passkeys)
      .set({ counter: to('counter'), backedUp: to('backedUp'), lastUsedAt: to('now') })
      .where(
        and(
          eq(passkeys.id, p('id')),
          eq(passkeys.userId, p('userId')),
          or(lt(passkeys.counter, p('counter')), and(eq(passkeys.counter, 0), sql`${p('counter')} = 0`)),
        ),
      )
      .prepare(),
    insertRecoveryCode: db.insert(recoveryCodes).values(columns(recoveryCodes)).onConflictDoNothing().prepare(),
    deleteRecoveryCodes: db
      .delete(recoveryCodes)
      .where(eq(recoveryCodes.userId, p('userId')))
      .prepare(),
    spendRecoveryCode: db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, p('userId')), eq(recoveryCodes.digest, p('digest'))))
      .prepare(),
    recoveryCodesMade: db
      .select({ at: recoveryCodes.createdAt })
      .from(recoveryCodes)
      .where(eq(recoveryCodes.userId, p('userId')))
      .limit(1)
      .prepare(),
    countRecoveryCodes: db
      .select({ count: sql<number>`count(*)` })
      .from(recoveryCodes)
      .where(eq(recoveryCodes.userId, p('userId')))
      .prepare(),
  }
}
