import { expect, test } from '@playwright/test'
import { assertionProblem, LONGEST_ASSERTION } from './client-assertion.ts'

const ISSUER = 'https://signet.example'
const NOW = 1_800_000_000
const CLAIMS = { aud: ISSUER, exp: NOW + LONGEST_ASSERTION }

for (const [what, claims, header, good] of [
  ['as it should be', {}, {}, true],
  ['for the issuer in a list', { aud: [ISSUER] }, {}, false],
  ['for others as well', { aud: [ISSUER, 'https://evil.example'] }, {}, false],
  ['for an endpoint', { aud: `${ISSUER}/oauth/token` }, {}, false],
  ['for the issuer with an end more', { aud: `${ISSUER}/` }, {}, false],
  ['for nobody', { aud: undefined }, {}, false],
  ['good for a second too long', { exp: NOW + LONGEST_ASSERTION + 1 }, {}, false],
  ['good for ever', { exp: Number.POSITIVE_INFINITY }, {}, false],
  ['without an end', { exp: undefined }, {}, false],
  ['with an end as a text', { exp: String(NOW + 1) }, {}, false],
  ['typed as what it is', {}, { typ: 'client-authentication+jwt' }, true],
  ['typed as a JWT', {}, { typ: 'JWT' }, true],
  ['typed as the proof of a token’s key', {}, { typ: 'dpop+jwt' }, false],
  ['typed as an access token', {}, { typ: 'at+jwt' }, false],
  ['with a key in the header', {}, { jwk: {} }, false],
  ['with the address of a key', {}, { jku: `${ISSUER}/oauth/jwks` }, false],
  ['with a certificate', {}, { x5c: [] }, false],
  ['with the address of a certificate', {}, { x5u: '' }, false],
  ['with the name of a key', {}, { kid: 'one' }, true],
] as const) {
  test(`a proof of the application ${what}: ${good ? 'taken' : 'refused'}`, { tag: '@v5.0.0-10.4.16' }, () => {
    const problem = assertionProblem({ ...CLAIMS, ...claims }, { alg: 'ES256', ...header }, ISSUER, NOW)
    expect(problem).toEqual(good ? null : expect.any(String))
  })
}
