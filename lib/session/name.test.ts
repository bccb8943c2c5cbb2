import { expect, test } from '@playwright/test'
import { parseSessionName } from '#lib/session/name.ts'

test('a session takes a name, an empty field takes it away', () => {
  expect(parseSessionName(' Kitchen  tablet ')).toEqual({ name: 'Kitchen tablet' })
  expect(parseSessionName('   ')).toEqual({ name: null })
})

test('a name that is too long or that deceives is refused', () => {
  expect(parseSessionName('x'.repeat(60))).toEqual({ name: 'x'.repeat(60) })
  expect(parseSessionName('x'.repeat(61))).toHaveProperty('problem')
  expect(parseSessionName('This device\u202e')).toHaveProperty('problem')
})
