import { expect, test } from '@playwright/test'
import { DEFAULT_SCOPE, isNative, parseRegistration, type Wanted } from './registration.ts'

const NOTES: Wanted = {
  name: ' Notes ',
  redirectUris: ['https://notes.example/callback?from=signet'],
  postLogoutRedirectUris: ['https://notes.example'],
  backchannelLogoutUri: '',
  scope: DEFAULT_SCOPE,
  device: false,
  confidential: false,
}

test('what is registered is what was written', () => {
  expect(parseRegistration(NOTES)).toEqual({
    registration: {
      name: 'Notes',
      redirectUris: NOTES.redirectUris,
      postLogoutRedirectUris: NOTES.postLogoutRedirectUris,
      backchannelLogoutUri: null,
      scope: DEFAULT_SCOPE,
      device: false,
    },
  })
})

const GOOD = [
  'https://notes.example',
  'https://notes.example:8443/a/b?c=d',
  'http://127.0.0.1:4000/callback',
  'http://127.0.0.1/callback',
  'http://[::1]/callback',
  'http://localhost:3000/',
  'com.example.notes:/callback',
]

const BAD = [
  '',
  'callback',
  '//notes.example/',
  'http://notes.example/',
  'http://127.0.0.1.notes.example/',
  'https://notes.example/#fragment',
  'https://*.notes.example/',
  'https://notes.example/*',
  'https://notes.example/ ',
  'https://notes.example/\n',
  'https://notes.example\\@elsewhere.example/',
  'https://alice:secret@notes.example/',
  'https://NOTES.example/',
  'https://notes.example/a/../b',
  'https://notes.example:443/',
  'https://nötes.example/',
  'notes:/callback',
  'javascript:alert(1)',
  'data:text/html,hello',
  'file:///etc/passwd',
  `https://notes.example/${'a'.repeat(2000)}`,
]

for (const uri of GOOD) {
  test(`an application may come back to ${uri}`, { tag: '@v5.0.0-10.4.1' }, () => {
    expect(parseRegistration({ ...NOTES, redirectUris: [uri] })).toHaveProperty('registration')
  })
}

for (const uri of BAD) {
  test(`and not to ${JSON.stringify(uri.slice(0, 50))}`, { tag: '@v5.0.0-10.4.1' }, () => {
    for (const field of ['redirectUris', 'postLogoutRedirectUris'] as const) {
      expect(parseRegistration({ ...NOTES, [field]: [uri] })).toEqual({ problems: { [field]: expect.any(String) } })
    }
    if (uri === '') return
    const parsed = parseRegistration({ ...NOTES, backchannelLogoutUri: uri })
    expect(parsed).toEqual({ problems: { backchannelLogoutUri: expect.any(String) } })
  })
}

test('who keeps a secret is on a server, and is told of ends there', () => {
  const app = { ...NOTES, redirectUris: ['com.example.notes:/callback'] }
  expect(parseRegistration({ ...app, confidential: true })).toHaveProperty('problems.redirectUris')
  const told = { ...NOTES, backchannelLogoutUri: 'com.example.notes:/callback' }
  expect(parseRegistration(told)).toHaveProperty('problems.backchannelLogoutUri')
})

test('only a device needs no address', () => {
  expect(parseRegistration({ ...NOTES, redirectUris: [] })).toHaveProperty('problems.redirectUris')
  expect(parseRegistration({ ...NOTES, redirectUris: [], device: true })).toHaveProperty('registration.device', true)
})

test('it asks for nothing that there is not', { tag: '@v5.0.0-10.4.11' }, () => {
  for (const scope of ['', 'profile', 'openid everything', 'openid constructor']) {
    expect(parseRegistration({ ...NOTES, scope }), scope).toHaveProperty('problems.scope')
  }
  const scope = ' sessions:read   openid\n'
  expect(parseRegistration({ ...NOTES, scope })).toHaveProperty('registration.scope', 'openid sessions:read')
})

test('its name is one that people can read, and all that is wrong is told at once', () => {
  for (const name of ['', '\u202eNotes', 'x'.repeat(81)]) {
    expect(parseRegistration({ ...NOTES, name })).toHaveProperty('problems.name')
  }
  const many = Array.from({ length: 21 }, (_, index) => `https://notes.example/${index}`)
  const { problems } = parseRegistration({ ...NOTES, name: '', scope: '', redirectUris: many }) as {
    problems: Record<string, string>
  }
  expect(Object.keys(problems).sort()).toEqual(['name', 'redirectUris', 'scope'])
})

for (const [uris, native] of [
  [['https://notes.example/callback'], false],
  [['http://127.0.0.1:4000/callback'], true],
  [['http://localhost/callback'], true],
  [['http://[::1]/callback'], true],
  [['com.example.notes:/callback'], true],
  [['https://notes.example/callback', 'http://localhost:4000/callback'], true],
  [[], false],
] as const) {
  test(`whether any app on a device could claim one of ${JSON.stringify(uris)}: ${native}`, {
    tag: '@v5.0.0-10.7.1',
  }, () => {
    expect(isNative(true, uris)).toBe(native)
    expect(isNative(false, uris), 'a secret tells it from others').toBe(false)
  })
}
