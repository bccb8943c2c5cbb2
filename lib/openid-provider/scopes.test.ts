import { expect, test } from '@playwright/test'
import { refreshLifetime, refreshLimits } from './lifetimes.ts'
import { API_SCOPES, IDENTITY_SCOPES, isWithin, only, scopeWords } from './scopes.ts'

test('every scope has words, and no other text has any', () => {
  for (const scope of [...IDENTITY_SCOPES, ...API_SCOPES]) expect(scopeWords(scope)).toHaveLength(1)
  expect(scopeWords('constructor everything')).toEqual([])
})

test('what is asked for is cut to what there is', () => {
  expect(only('email root openid', IDENTITY_SCOPES)).toEqual(['openid', 'email'])
  expect(isWithin('openid email', 'email openid profile')).toBe(true)
  expect(isWithin('openid root', 'openid')).toBe(false)
  expect(isWithin('', 'openid')).toBe(true)
})

test('a refresh token never outlives its consent', () => {
  const limits = refreshLimits(2, false)
  expect(refreshLifetime(limits, 0)).toBe(limits.idle)
  expect(refreshLifetime(limits, limits.overall - 10)).toBe(10)
  expect(refreshLifetime(limits, limits.overall + 10)).toBe(1)
})

test('at level 3 nothing outlives the session', () => {
  expect(refreshLimits(3, true)).toEqual(refreshLimits(3, false))
})
