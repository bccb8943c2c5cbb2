/**
 * What a request tells of its device: families of browser and system, never the raw string as a name. Pure.
 *
 * A client may claim what it likes, so this serves recognition by people and decides nothing. Hostile text is cut
 * before it is looked at; the answer takes microseconds and never throws.
 */
import bowser from 'bowser'
import type { Device, DeviceKind } from '#db/contract.ts'
import { type ClientHints, clientHints } from './client-hints.ts'
import { browserFamily, browserOfBrands, systemFamily } from './families.ts'

/** Characters of `User-Agent` that are read and kept. */
const KEPT = 512

const UNKNOWN = { browser: null, os: null, kind: 'unknown' } as const

export function describeDevice(headers: Headers): Device {
  const userAgent = readable(headers.get('user-agent'))
  const parsed = userAgent ? parse(userAgent) : UNKNOWN
  const hints = agreeing(clientHints(headers), userAgent, parsed.os)
  const os = systemFamily(hints.platform) ?? parsed.os
  return {
    browser: browserOfBrands(hints.brands) ?? parsed.browser,
    os,
    kind: kindOf(parsed.kind, hints, os),
    userAgent,
  }
}

const NO_HINTS: ClientHints = { brands: [], platform: null, mobile: null }

/**
 * Only Chromium sends hints, and they name the browser better than its frozen user agent. Where the two contradict
 * each other, something poses as something else, and the user agent is what it wants to be taken for.
 */
function agreeing(hints: ClientHints, userAgent: string | null, os: string | null): ClientHints {
  const chromium = userAgent === null || /Chrome\/|Chromium\//.test(userAgent)
  const platform = systemFamily(hints.platform)
  const sameSystem = os === null || platform === null || platform === os || (platform === 'ChromeOS' && os === 'Linux')
  return chromium && sameSystem ? hints : NO_HINTS
}

/** Cut first, then cleaned: control characters must reach no log, no page and no database. */
function readable(text: string | null): string | null {
  const cleaned = text
    ?.slice(0, KEPT)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '')
    .trim()
  return cleaned || null
}

const KINDS = new Map<string | undefined, DeviceKind>([
  ['desktop', 'desktop'],
  ['mobile', 'phone'],
  ['tablet', 'tablet'],
  ['bot', 'bot'],
])

function parse(userAgent: string): Pick<Device, 'browser' | 'os' | 'kind'> {
  const parser = bowser.getParser(userAgent)
  return {
    browser: browserFamily(parser.getBrowserName()),
    os: systemFamily(parser.getOSName()),
    kind: KINDS.get(parser.getPlatformType()) ?? 'unknown',
  }
}

const DESKTOPS: readonly (string | null)[] = ['ChromeOS', 'Linux', 'macOS', 'Windows']

function kindOf(parsed: DeviceKind, hints: ClientHints, os: string | null): DeviceKind {
  // `?0` is also what an Android tablet says, so it only speaks for a phone or against one.
  if (hints.mobile && parsed !== 'tablet') return 'phone'
  if (parsed !== 'unknown') return parsed
  return DESKTOPS.includes(os) ? 'desktop' : 'unknown'
}
