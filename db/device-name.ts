import type { Device } from './contract.ts'

/** "Firefox on Linux", "Unknown browser on Windows"; null when nothing is known. Pure. */
export function deviceName({ browser, os }: Pick<Device, 'browser' | 'os'>): string | null {
  if (browser === null && os === null) return null
  return os === null ? browser : `${browser ?? 'Unknown browser'} on ${os}`
}
