import { expect, test } from '@playwright/test'
import type { Key, KeyRing } from './ring.ts'
import { openText, sealText } from './sealed-text.ts'

const key = (id: string) => ({ id, secret: `${id}-secret-of-a-key-for-these-tests-only-0123456789` }) as Key
const ringOf = (sealing: Key, ...others: Key[]) =>
  ({ sealing, keys: [sealing, ...others], retired: [], version: 1 }) as unknown as KeyRing
const PLACE = { purpose: 'federation.1', of: 'a row' }
const RING = ringOf(key('one'))

test('what was sealed for a place opens there, under any key of the ring', { tag: '@v5.0.0-13.3.4' }, () => {
  const sealed = sealText('ünder séal', PLACE, RING)
  expect(sealed).not.toContain('séal')
  expect(openText(sealed, PLACE, RING)).toBe('ünder séal')
  expect(openText(sealed, PLACE, ringOf(key('two'), key('one')))).toBe('ünder séal')
  expect(sealText('ünder séal', PLACE, RING), 'never the same twice').not.toBe(sealed)
})

test('elsewhere, changed, or under a key that has left, it opens nothing', { tag: '@v5.0.0-11.3.2' }, () => {
  const sealed = sealText('text', PLACE, RING)
  expect(openText(sealed, { ...PLACE, of: 'another row' }, RING)).toBeNull()
  expect(openText(sealed, { ...PLACE, purpose: 'id-token.1' }, RING)).toBeNull()
  expect(openText(sealed, PLACE, ringOf(key('two')))).toBeNull()
  const [id = '', body = ''] = sealed.split(':')
  const bytes = Buffer.from(body, 'base64url')
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(openText(`${id}:${changed.toString('base64url')}`, PLACE, RING)).toBeNull()
  }
  for (const text of ['', 'one', 'one:', `${sealed}:more`, `two:${body}`])
    expect(openText(text, PLACE, RING)).toBeNull()
})
