/** A device in words. Pure; what is not known is said, never left blank. */
import type { Device } from '#db/contract.ts'
import { deviceName } from '#db/device-name.ts'

/** "Firefox on Linux", "Unknown browser on Windows", "Unknown browser". */
export function deviceLabel(device: Pick<Device, 'browser' | 'os'>): string {
  return deviceName(device) ?? 'Unknown browser'
}
