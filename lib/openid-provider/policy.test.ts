import { expect } from '@playwright/test'
import { SignJWT } from 'jose'
import { begin, proofOf, signUp, test } from '#db/testing.ts'
import { authenticationNeed } from './policy.ts'

test('who an ID token names is who answers, also after a person has signed in', {
  tag: '@v5.0.0-7.6.2',
}, async ({ store, alice }) => {
  const proof = proofOf(await begin(store, alice))
  const hint = (sub: string) =>
    new SignJWT({ sub }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('verified when the request came'))
  const need = async (sub: string, other = {}) =>
    authenticationNeed({ id_token_hint: await hint(sub), ...other }, proof, null)
  const bob = await signUp(store)
  expect(await need(alice)).toBe('enough')
  expect(await need(alice, { prompt: 'login' })).toBe('due')
  expect(await need(bob)).toBe('another')
  expect(await need(bob, { prompt: 'login' }), 'nobody confirms in vain').toBe('another')
})
