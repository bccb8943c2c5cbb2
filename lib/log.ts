import 'server-only'
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import { type LogLevel, settings } from './config.ts'

/** Names under which a secret could come along, at the top or one level down. */
const SECRET_NAMES = [
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'secret',
  'token',
  'formToken',
  'digest',
  'cookie',
  'cookies',
  'authorization',
  'headers',
  'databaseUrl',
  'smtpUrl',
  'auth',
  'sealed',
]

const shared = globalThis as typeof globalThis & { signetLog?: Logger }

/**
 * The log: one JSON object a line on standard output.
 *
 * v5.0.0-16.2.5: credentials, tokens and cookies never reach it. Callers do not hand them in; the redaction here
 * is the second line of defence.
 */
export function log(): Logger {
  shared.signetLog ??= openLog(settings().logLevel)
  return shared.signetLog
}

/** @param output where to write; standard output when left away */
export function openLog(level: LogLevel, output?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describe },
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  }
  return output ? pino(options, output) : pino(options)
}

interface Described {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: Described
}

/**
 * An error with its causes. Nothing but these fields: a database driver hangs the query's parameters and the
 * connection's settings on its errors.
 */
function describe(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error' }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: withoutCredentials(error.message),
    ...(typeof code === 'string' && { code }),
    ...(error.stack && { stack: withoutCredentials(error.stack) }),
    ...(error.cause !== undefined && { cause: describe(error.cause) }),
  }
}

/**
 * `postgres://app:secret@host` keeps its host only, `smtp://me@example.org:secret@host` too. Drizzle puts a query's
 * parameters behind `params:`.
 */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/\s]*@/g, '//…@').replace(/^params: .*$/gm, 'params: …')
}
