import { expect, test } from '@playwright/test'
import { actText } from './act-text.ts'

const REMOVAL = { target: 'one', endOthers: 'on' }
const text = (given: Readonly<Record<string, unknown>>, act = 'removed') => actText(act, Object.entries(given))

test('the order of the fields does not matter, nor who shows what', { tag: '@v5.0.0-7.5.2' }, () => {
  expect(text({ endOthers: 'on', target: 'one' })).toBe(text(REMOVAL))
  const more = {
    formToken: 'f',
    passkey: '{}',
    password: 'p',
    currentPassword: 'p',
    code: '1',
    dialog: 'd',
    $ACTION: '',
  }
  expect(text({ ...REMOVAL, ...more, act: 'something else' })).toBe(text(REMOVAL))
})

test('lines end in another way once they are sent, and that changes nothing', () => {
  expect(text({ ...REMOVAL, name: 'a\r\nb\nc' })).toBe(text({ ...REMOVAL, name: 'a\nb\nc' }))
  expect(text({ ...REMOVAL, name: 'a\nb' })).not.toBe(text({ ...REMOVAL, name: 'a b' }))
})

test('everything else does', { tag: '@v5.0.0-7.5.2' }, () => {
  const others = [
    text(REMOVAL, 'renamed'),
    text({ ...REMOVAL, target: 'two' }),
    text({ target: 'one' }),
    text({ ...REMOVAL, newPassword: '' }),
    text({ ...REMOVAL, name: ['a', 'b'] }),
    text({ ...REMOVAL, name: '["a","b"]', also: 1 }),
    text({ 'target":"one","endOthers': 'on' }),
    actText('removed', [...Object.entries(REMOVAL), ['target', 'two']]),
    actText('removed', [...Object.entries(REMOVAL), ['target', 'one']]),
  ]
  expect(new Set([...others, text(REMOVAL)]).size).toBe(others.length + 1)
})

test('the API’s is as the decision record says', () => {
  expect(actText('DELETE /api/sessions/abc', [])).toBe('["DELETE /api/sessions/abc",[]]')
})
