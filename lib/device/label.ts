/** A device in words. Pure; what is not known is said, never left blank. */
import type { Device } from '#db/contract.ts'

/** "Firefox on Linux", "Unknown browser on Windows", "Unknown browser". */
export function deviceLabel(device: Pick<Device, 'browser' | 'os'>): string {
  const browser = device.browser ?? 'Unknown browser'
  return device.os ? `${browser} on ${device.os}` : browser
}
