import 'server-only'
import { join, resolve } from 'node:path'
import type { SessionLimit } from '#db/contract.ts'
import { KEYS_FORM, parseKeys } from '#lib/keys/parse.ts'
import type { AssuranceLevel, SessionPolicy } from '#lib/session/policy.ts'
import {
  isLoopback,
  parseDatabaseUrl,
  parseHost,
  parseOrigin,
  parseTrustedProxies,
  type TrustedProxies,
} from './config/address.ts'
import { type MailSettings, readMail } from './config/mail.ts'
import { type IdentityProvider, readProviders } from './config/providers.ts'
import { integer, oneOf, type Reader, readerOf, WrongValue } from './config/reader.ts'
import { readLevel, readPolicy, readSessionLimit } from './config/session.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where the key ring comes from: the environment, a given file, or a file of our own in `dataDir`. */
export interface KeySettings {
  readonly env: string | null
  readonly file: string | null
  readonly dataDir: string
}

/** Where the epoch of sessions comes from. */
export interface EpochSettings {
  /** Absolute path of the file that keeps it, beside which stands how many sessions have ended. */
  readonly file: string
  /** The same for all nodes, or null: the file alone tells. */
  readonly given: number | null
}

/** Everything that a deployment can choose. `docs` and `--help` name the settings; this is what becomes of them. */
export interface Settings {
  /** The one origin the app is served from, canonical: compare it with `===`. */
  readonly origin: string
  /** https and not loopback: HSTS and upgrade-insecure-requests may be sent. */
  readonly secureOrigin: boolean
  /** Only this machine can reach the origin. */
  readonly localOrigin: boolean
  readonly databaseUrl: string
  readonly host: string
  readonly port: number
  readonly logLevel: LogLevel
  readonly level: AssuranceLevel
  readonly policy: SessionPolicy
  readonly sessionLimit: SessionLimit
  /** Null: nobody is believed, the socket's address counts. */
  readonly trustedProxies: TrustedProxies | null
  readonly keys: KeySettings
  readonly epoch: EpochSettings
  readonly mail: MailSettings
  /** Whom people may sign in with beside Signet itself, in the order of the buttons. */
  readonly identityProviders: readonly IdentityProvider[]
  /** An `.mmdb` file to use in place of the one that comes along. */
  readonly geoDatabase: string | null
  /** Absolute path of the directory for what the app makes itself: keys and the embedded database. */
  readonly dataDir: string
  readonly production: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Settings that cannot be used; every one of them is named in `problems`, each with its remedy. */
export class WrongSettings extends Error {
  readonly code = 'wrong_settings'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`wrong settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'WrongSettings'
    this.problems = problems
  }
}

const shared = globalThis as typeof globalThis & { signetSettings?: Settings }

/** The settings of this process, read once. Throws `WrongSettings`. */
export function settings(): Settings {
  if (shared.signetSettings) return shared.signetSettings
  const parsed = parseSettings(process.env)
  if ('problems' in parsed) throw new WrongSettings(parsed.problems)
  shared.signetSettings = parsed.settings
  return parsed.settings
}

/** The environment for a child process, with a few variables of its own. */
export function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...extra }
}

/** Pure: settings from an environment, deeply frozen, or all that is wrong with it. */
export function parseSettings(env: Environment): { settings: Settings } | { problems: readonly string[] } {
  const reader = readerOf(env)
  const settings = readSettings(reader)
  return reader.problems.length > 0 ? { problems: reader.problems } : { settings: freeze(settings) }
}

function readSettings(reader: Reader): Settings {
  const port = reader.read('PORT', integer(1, 65_535)) ?? 3000
  const origin = reader.read('APP_ORIGIN', parseOrigin) ?? `http://localhost:${port}`
  const localOrigin = isLoopback(origin)
  const production = reader.text('NODE_ENV') === 'production'
  const dataDir = absolute(reader.text('DATA_DIR') ?? 'data')
  const level = readLevel(reader)
  const policy = readPolicy(reader, level)
  return {
    origin,
    localOrigin,
    secureOrigin: origin.startsWith('https:') && !localOrigin,
    databaseUrl:
      reader.read('DATABASE_URL', parseDatabaseUrl, { secret: true }) ?? `file:${join(dataDir, 'signet.db')}`,
    host: reader.read('HOST', parseHost) ?? '127.0.0.1',
    port,
    logLevel: reader.read('LOG_LEVEL', oneOf(LOG_LEVELS)) ?? 'info',
    level,
    policy,
    sessionLimit: readSessionLimit(reader, level),
    trustedProxies: reader.read('TRUSTED_PROXIES', parseTrustedProxies) ?? null,
    keys: readKeys(reader, dataDir, production && !localOrigin),
    epoch: {
      file: absolute(reader.text('SESSION_EPOCH_FILE') ?? join(dataDir, 'session-epoch')),
      given: reader.read('SESSION_EPOCH', integer(1, 1_000_000)) ?? null,
    },
    mail: readMail(reader),
    identityProviders: readProviders(reader, policy),
    geoDatabase: reader.text('GEO_DATABASE') ?? null,
    dataDir,
    production,
  }
}

function readKeys(reader: Reader, dataDir: string, required: boolean): KeySettings {
  const env = reader.read('SESSION_KEYS', checkedKeys, { secret: true }) ?? null
  const file = reader.text('SESSION_KEYS_FILE') ?? null
  const given = reader.text('SESSION_KEYS') !== undefined
  if (given && file) {
    reader.problem(
      'SESSION_KEYS and SESSION_KEYS_FILE are both set. Set one of them, so that it is plain which keys seal.',
    )
  }
  if (required && !given && !file) {
    reader.problem(
      'SESSION_KEYS is missing, and a public APP_ORIGIN in production needs keys that outlive this machine. ' +
        `Set SESSION_KEYS=${KEYS_FORM}, or SESSION_KEYS_FILE.`,
    )
  }
  return { env, file: file && absolute(file), dataDir }
}

/** The bundler must not go looking for a path that only the deployment knows. */
function absolute(path: string): string {
  return resolve(/* turbopackIgnore: true */ path)
}

function checkedKeys(text: string): string {
  const parsed = parseKeys(text)
  if ('keys' in parsed) return text
  throw new WrongValue(`${parsed.problem} Set ${KEYS_FORM}.`)
}

function freeze<T>(value: T): T {
  if (value && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freeze(part)
  }
  return value
}
