import 'server-only'
import type { SessionLimit } from '#db/contract.ts'
import {
  type AssuranceLevel,
  defaultIdleWarning,
  PRESETS,
  type Preset,
  type SessionPolicy,
} from '#lib/session/policy.ts'
import { DURATION_FORM, formatDuration, parseDuration } from './duration.ts'
import { integer, oneOf, type Reader, WrongValue } from './reader.ts'

const duration = (text: string) => {
  const seconds = parseDuration(text)
  if (seconds !== undefined) return seconds
  throw new WrongValue(`is not a duration. Set ${DURATION_FORM}.`)
}

export function readLevel(reader: Reader): AssuranceLevel {
  const level = reader.read('ASSURANCE_LEVEL', oneOf(['1', '2', '3']))
  // Under a wrong level the others are held to the widest one, so that no problem is named that may be none.
  if (level === undefined) return reader.text('ASSURANCE_LEVEL') === undefined ? 2 : 1
  return Number(level) as AssuranceLevel
}

/**
 * The level's preset with the deployment's own durations.
 *
 * What is not set follows from what is: a short absolute lifetime shortens the inactivity timeout, a short
 * renewal interval its grace. Only two settings that contradict each other are a problem.
 *
 * @see ASVS v5.0.0-7.1.1, v5.0.0-7.3.1, v5.0.0-7.3.2
 */
export function readPolicy(reader: Reader, level: AssuranceLevel): SessionPolicy {
  const preset = PRESETS[level]
  const ordinary = readLimits(reader, preset)
  const renewalInterval = reader.read('SESSION_RENEWAL_INTERVAL', duration) ?? preset.renewalInterval
  return {
    level,
    ordinary,
    remembered: preset.remembered && {
      inactivityTimeout: Math.max(preset.remembered.inactivityTimeout, ordinary.inactivityTimeout),
      absoluteLifetime: Math.max(preset.remembered.absoluteLifetime, ordinary.absoluteLifetime),
    },
    renewalInterval,
    renewalGrace: readGrace(reader, preset, renewalInterval),
    reauthenticationWindow: reader.read('REAUTHENTICATION_WINDOW', duration) ?? preset.reauthenticationWindow,
    idleWarning: readWarning(reader, ordinary.inactivityTimeout),
  }
}

function readLimits(reader: Reader, preset: Preset) {
  const idle = reader.read('SESSION_IDLE_TIMEOUT', (text) => underCeiling(text, preset, 'inactivityTimeout'))
  const absolute = reader.read('SESSION_ABSOLUTE_TIMEOUT', (text) => underCeiling(text, preset, 'absoluteLifetime'))
  const absoluteLifetime = absolute ?? preset.ordinary.absoluteLifetime
  if (idle !== undefined && idle > absoluteLifetime) {
    const lifetime = formatDuration(absoluteLifetime)
    reader.problem(
      `SESSION_IDLE_TIMEOUT=${formatDuration(idle)} is longer than SESSION_ABSOLUTE_TIMEOUT (${lifetime}), ` +
        `which ends the session anyway. Set ${lifetime} or less, or a longer SESSION_ABSOLUTE_TIMEOUT.`,
    )
  }
  return { inactivityTimeout: idle ?? Math.min(preset.ordinary.inactivityTimeout, absoluteLifetime), absoluteLifetime }
}

function underCeiling(text: string, preset: Preset, limit: 'inactivityTimeout' | 'absoluteLifetime'): number {
  const seconds = duration(text)
  const ceiling = preset.ceiling[limit]
  if (ceiling === null || seconds <= ceiling) return seconds
  const wider = ([2, 1] as const).find(
    (level) => level < preset.level && seconds <= (PRESETS[level].ceiling[limit] ?? seconds),
  )
  const most = formatDuration(ceiling)
  throw new WrongValue(
    `is above the ceiling of level ${preset.level} (${most}). ` +
      `Set ${most} or less${wider ? `, or ASSURANCE_LEVEL=${wider}` : ''}.`,
  )
}

/**
 * An offer lives for one grace and its predecessor for another: if the next renewal came before both were over, an
 * honest request in flight could be two tokens behind and look like a copy.
 */
function readGrace(reader: Reader, preset: Preset, renewalInterval: number): number {
  const most = renewalInterval / 2
  const grace = reader.read('SESSION_RENEWAL_GRACE', duration)
  if (grace !== undefined && grace > most) {
    reader.problem(
      `SESSION_RENEWAL_GRACE=${formatDuration(grace)} is above half of SESSION_RENEWAL_INTERVAL ` +
        `(${formatDuration(renewalInterval)}). Set ${formatDuration(most)} or less, or a longer interval.`,
    )
  }
  return grace ?? Math.min(preset.renewalGrace, most)
}

function readWarning(reader: Reader, inactivityTimeout: number): number {
  const warning = reader.read('IDLE_WARNING', duration)
  if (warning !== undefined && warning >= inactivityTimeout) {
    reader.problem(
      `IDLE_WARNING=${formatDuration(warning)} is not below SESSION_IDLE_TIMEOUT ` +
        `(${formatDuration(inactivityTimeout)}). Set less, or a longer SESSION_IDLE_TIMEOUT.`,
    )
  }
  return warning ?? defaultIdleWarning(inactivityTimeout)
}

/** @see ASVS v5.0.0-7.1.2: how many sessions at once, and what happens at the limit. */
export function readSessionLimit(reader: Reader, level: AssuranceLevel): SessionLimit {
  const preset = PRESETS[level].sessionLimit
  const most = reader.read('SESSION_LIMIT', (text) => (text === 'none' ? null : limitOf(text)))
  const action = reader.read('SESSION_LIMIT_ACTION', oneOf(['end-oldest', 'refuse', 'ask']))
  return { most: most === undefined ? preset.most : most, action: action ?? preset.action }
}

function limitOf(text: string): number {
  try {
    return integer(1, 10_000)(text)
  } catch {
    throw new WrongValue('is neither none nor a number of sessions. Set none, or a whole number from 1 to 10000.')
  }
}
