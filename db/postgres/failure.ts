import 'server-only'
import { DrizzleQueryError } from 'drizzle-orm'
import pg from 'pg'
import { StoreUnavailable } from '../contract.ts'

/**
 * Tells an outage from a bug. The driver's own error is passed on, never Drizzle's wrapping: that one repeats the
 * statement's parameters, digests and addresses among them, and errors are logged.
 */
export function failure(error: unknown): { readonly cause: unknown; readonly unavailable: StoreUnavailable | null } {
  const cause = causeOf(error)
  return { cause, unavailable: isOutage(error) ? new StoreUnavailable(cause) : null }
}

/**
 * Data, constraint, feature and syntax errors say that the statement is wrong; everything else, that the server is. A
 * table or a column that is missing (42P01, 42703): this is not the database that Signet has made.
 */
const BUGS = /^(0A|22|23|42(?!P01|703))/

function isOutage(error: unknown): boolean {
  const cause = causeOf(error)
  if (cause instanceof pg.DatabaseError) return !BUGS.test(cause.code ?? '')
  return isBroken(error)
}

/** The connection itself failed: refused, reset, timed out, or ended under a statement. */
export function isBroken(error: unknown): boolean {
  const cause = causeOf(error)
  if (cause instanceof pg.DatabaseError) return /^(08|57P)/.test(cause.code ?? '')
  return error instanceof DrizzleQueryError || hasCode(cause) || isFromDriver(cause)
}

/** The server broke a tie between two transactions: the loser may try again. */
export function mayRepeat(error: unknown): boolean {
  const cause = causeOf(error)
  return cause instanceof pg.DatabaseError && (cause.code === '40P01' || cause.code === '40001')
}

/** A unique value belongs to another row. */
export function isTaken(error: unknown): boolean {
  const cause = causeOf(error)
  return cause instanceof pg.DatabaseError && cause.code === '23505'
}

function causeOf(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error
}

/** From the network: ECONNREFUSED, ECONNRESET, ENOTFOUND, … */
function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z]/.test(String(error.code))
}

/** The driver's own errors carry no code. */
function isFromDriver(error: unknown): boolean {
  if (!(error instanceof Error) || error.constructor !== Error) return false
  return /connect|pool|Query read timeout|not queryable|Client was closed/i.test(error.message)
}
