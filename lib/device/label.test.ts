import { expect, test } from '@playwright/test'
import { deviceLabel } from '#lib/device/label.ts'

test('a device is named by its browser and system, and what is unknown is said', () => {
  expect(deviceLabel({ browser: 'Firefox', os: 'Linux' })).toBe('Firefox on Linux')
  expect(deviceLabel({ browser: null, os: 'Windows' })).toBe('Unknown browser on Windows')
  expect(deviceLabel({ browser: 'Safari', os: null })).toBe('Safari')
  expect(deviceLabel({ browser: null, os: null })).toBe('Unknown browser')
})
