import 'server-only'
import { and, asc, eq, gte, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { passkeys, recoveryCodes, totps } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

/** What an account can be opened with. A use is a compare-and-set: of parallel ones, one changes a row. */
export function factorQueries(db: NodePgDatabase) {
  return {
    totp: db
      .select()
      .from(totps)
      .where(eq(totps.userId, p('userId')))
      .prepare('totp'),
    insertTotp: db.insert(totps).values(columns(totps)).prepare('insert_totp'),
    deleteTotp: db
      .delete(totps)
      .where(eq(totps.userId, p('userId')))
      .prepare('delete_totp'),
    spendTotp: db
      .update(totps)
      .set({
        lastStep: sql`${p('step')}::bigint`,
        lastUsedAt: sql`statement_timestamp()`,
        secret: sql`coalesce(${p('resealed')}::text, ${totps.secret})`,
      })
      .where(and(eq(totps.userId, p('userId')), sql`${totps.lastStep} < ${p('step')}::bigint`))
      .prepare('spend_totp'),
    passkeysOfUser: db
      .select()
      .from(passkeys)
      .where(eq(passkeys.userId, p('userId')))
      .orderBy(asc(passkeys.createdAt), asc(passkeys.id))
      .prepare('passkeys_of_user'),
    passkeyByCredential: db
      .select()
      .from(passkeys)
      .where(eq(passkeys.credentialId, p('credentialId')))
      .prepare('passkey_by_credential'),
    deleteTotpSince: db
      .delete(totps)
      .where(and(eq(totps.userId, p('userId')), gte(totps.createdAt, p('since'))))
      .prepare('delete_totp_since'),
    deletePasskeysSince: db
      .delete(passkeys)
      .where(and(eq(passkeys.userId, p('userId')), gte(passkeys.createdAt, p('since'))))
      .prepare('delete_passkeys_since'),
    deleteRecoveryCodesSince: db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, p('userId')), gte(recoveryCodes.createdAt, p('since'))))
      .prepare('delete_recovery_codes_since'),
    insertPasskey: db.insert(passkeys).values(columns(passkeys)).prepare('insert_passkey'),
    namePasskey: db
      .update(passkeys)
      .set({ name: to('name') })
      .where(eq(passkeys.id, p('id')))
      .prepare('name_passkey'),
    deletePasskey: db
      .delete(passkeys)
      .where(eq(passkeys.id, p('id')))
      .prepare('delete_passkey'),
    deletePasskeys: db
      .delete(passkeys)
      .where(eq(passkeys.userId, p('userId')))
      .prepare('delete_passkeys'),
    // Many passkeys do not count: theirs is always zero. @see WebAuthn Level 3 §6.1.1
    spendPasskey: db
      .update(passkeys)
      .set({
        counter: sql`${p('counter')}::bigint`,
        backedUp: sql`${p('backedUp')}::boolean`,
        lastUsedAt: sql`statement_timestamp()`,
      })
      .where(
        and(
          eq(passkeys.id, p('id')),
          eq(passkeys.userId, p('userId')),
          or(
            sql`${passkeys.counter} < ${p('counter')}::bigint`,
            and(eq(passkeys.counter, 0), sql`${p('counter')}::bigint = 0`),
          ),
        ),
      )
      .prepare('spend_passkey'),
    insertRecoveryCode: db
      .insert(recoveryCodes)
      .values(columns(recoveryCodes))
      .onConflictDoNothing()
      .prepare('insert_recovery_code'),
    deleteRecoveryCodes: db
      .delete(recoveryCodes)
      .where(eq(recoveryCodes.userId, p('userId')))
      .prepare('delete_recovery_codes'),
    spendRecoveryCode: db
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, p('userId')), eq(recoveryCodes.digest, p('digest'))))
      .prepare('spend_recovery_code'),
    recoveryCodesMade: db
      .select({ at: recoveryCodes.createdAt })
      .from(recoveryCodes)
      .where(eq(recoveryCodes.userId, p('userId')))
      .limit(1)
      .prepare('recovery_codes_made'),
    countRecoveryCodes: db
      .select({ count: sql<number>`count(*)::int` })
      .from(recoveryCodes)
      .where(eq(recoveryCodes.userId, p('userId')))
      .prepare('count_recovery_codes'),
  }
}
