import { expect, test } from '@playwright/test'
import { parseSettings } from '../config.ts'

const WORK = { id: 'work', name: 'Work', issuer: 'https://login.example.org', clientId: 'signet' }

function parse(list: unknown) {
  const text = typeof list === 'string' ? list : JSON.stringify(list)
  return parseSettings({ IDENTITY_PROVIDERS: text })
}

function providersOf(list: unknown) {
  const parsed = parse(list)
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'))
  return parsed.settings.identityProviders
}

function problemsOf(list: unknown): readonly string[] {
  const parsed = parse(list)
  return 'problems' in parsed ? parsed.problems : []
}

test('a provider needs an id, a name, an issuer and a client id; the rest follows', () => {
  expect(providersOf([WORK])).toEqual([
    {
      ...WORK,
      clientSecret: null,
      scopes: 'openid email profile',
      twoFactors: { acr: [], amr: [] },
      maxAge: 28_800,
      sessionLifetime: null,
      logoutTokenType: 'logout+jwt',
    },
  ])
  const { settings } = parseSettings({}) as { settings: { identityProviders: readonly unknown[] } }
  expect(settings.identityProviders).toEqual([])
})

test('an issuer is https, or http on this machine', { tag: '@v5.0.0-12.2.1' }, () => {
  for (const issuer of ['https://login.example.org/tenant', 'http://127.0.0.1:9000', 'http://localhost:9000']) {
    expect(providersOf([{ ...WORK, issuer }])[0]?.issuer).toBe(issuer)
  }
  for (const issuer of [
    'http://login.example.org',
    'https://login.example.org/?a=1',
    'https://login.example.org/#a',
    'https://me@login.example.org',
    'https://LOGIN.example.org',
    'login.example.org',
    'javascript:alert(1)',
    7,
  ]) {
    expect(problemsOf([{ ...WORK, issuer }]), String(issuer)).toEqual([
      'IDENTITY_PROVIDERS, entry “work”: issuer is wrong. Set its https address, without a query, as its metadata writes it; http is for loopback alone.',
    ])
  }
})

test('all that is wrong is named at once, with its remedy, and no secret is repeated', () => {
  const secret = 'not to be seen, nor märked'
  const problems = problemsOf([
    { ...WORK, clientSecret: secret, scopes: 'email', maxAge: '9h' },
    { id: 'Two', clientId: '', logoutTokenType: 'JWT', twoFactors: { acr: 'mfa' } },
    { ...WORK, sekret: secret },
  ])
  expect(problems.map((problem) => problem.replace(/(is (?:wrong|missing|not a field)).*/, '$1'))).toEqual([
    'IDENTITY_PROVIDERS, entry “work”: clientSecret is wrong',
    'IDENTITY_PROVIDERS, entry “work”: scopes is wrong',
    'IDENTITY_PROVIDERS, entry “work”: maxAge is wrong',
    'IDENTITY_PROVIDERS, entry number 2: id is wrong',
    'IDENTITY_PROVIDERS, entry number 2: name is missing',
    'IDENTITY_PROVIDERS, entry number 2: issuer is missing',
    'IDENTITY_PROVIDERS, entry number 2: clientId is wrong',
    'IDENTITY_PROVIDERS, entry number 2: twoFactors is wrong',
    'IDENTITY_PROVIDERS, entry number 2: logoutTokenType is wrong',
    'IDENTITY_PROVIDERS, entry “work”: sekret is not a field',
  ])
  for (const problem of problems) expect(problem).toMatch(/ (?:Set|Use) [^“]+\.$/)
  expect(problems.join()).not.toContain(secret)
})

test('two entries share neither id nor issuer: an account elsewhere is known by its issuer', () => {
  expect(problemsOf([WORK, { ...WORK }])).toEqual([
    'IDENTITY_PROVIDERS has two entries with the id work. Give each an id of its own.',
    'IDENTITY_PROVIDERS has two entries with the issuer https://login.example.org. Give each an issuer of its own.',
  ])
})

for (const text of ['work', '{}', '[1]', '[null]', '[[]]', '"a"', '[']) {
  test(`${text} is no list of providers`, () => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^IDENTITY_PROVIDERS is no JSON list of objects\. Set \[/)])
  })
}
