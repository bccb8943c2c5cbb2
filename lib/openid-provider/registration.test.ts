import { expect, test } from '@playwright/test'
import type { ClientKey } from '#db/contract.ts'
import {
  clientProof,
  DEFAULT_SCOPE,
  isNative,
  needsSecret,
  parseRegistration,
  type Registration,
  type Wanted,
} from './registration.ts'

/** RFC 8037, appendix A.2. */
const KEY: ClientKey = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }

const NOTES: Wanted = {
  name: ' Notes ',
  redirectUris: ['https://notes.example/callback?from=signet'],
  postLogoutRedirectUris: ['https://notes.example'],
  backchannelLogoutUri: '',
  scope: DEFAULT_SCOPE,
  device: false,
  confidential: false,
  publicKeys: '',
}

test('what is registered is what was written', () => {
  expect(parseRegistration(NOTES, 2)).toEqual({
    registration: {
      name: 'Notes',
      publicKeys: [],
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
    expect(parseRegistration({ ...NOTES, redirectUris: [uri] }, 2)).toHaveProperty('registration')
  })
}

for (const uri of BAD) {
  test(`and not to ${JSON.stringify(uri.slice(0, 50))}`, { tag: '@v5.0.0-10.4.1' }, () => {
    for (const field of ['redirectUris', 'postLogoutRedirectUris'] as const) {
      expect(parseRegistration({ ...NOTES, [field]: [uri] }, 2)).toEqual({ problems: { [field]: expect.any(String) } })
    }
    if (uri === '') return
    const parsed = parseRegistration({ ...NOTES, backchannelLogoutUri: uri }, 2)
    expect(parsed).toEqual({ problems: { backchannelLogoutUri: expect.any(String) } })
  })
}

test('who keeps a secret is on a server, and is told of ends there', () => {
  const app = { ...NOTES, redirectUris: ['com.example.notes:/callback'] }
  expect(parseRegistration({ ...app, confidential: true }, 2)).toHaveProperty('problems.redirectUris')
  const told = { ...NOTES, backchannelLogoutUri: 'com.example.notes:/callback' }
  expect(parseRegistration(told, 2)).toHaveProperty('problems.backchannelLogoutUri')
})

test('who proves itself by a key is on a server as well, and has no secret', { tag: '@v5.0.0-10.4.16' }, () => {
  const keyed = { ...NOTES, publicKeys: JSON.stringify(KEY) }
  for (const confidential of [true, false]) {
    const parsed = parseRegistration({ ...keyed, confidential }, 3) as { registration: Registration }
    expect(parsed.registration.publicKeys).toEqual([KEY])
    expect(needsSecret(parsed.registration, { confidential })).toBe(false)
    const app = { ...keyed, confidential, redirectUris: ['com.example.notes:/callback'] }
    expect(parseRegistration(app, 3)).toHaveProperty('problems.redirectUris')
  }
  expect(parseRegistration({ ...NOTES, publicKeys: '{}' }, 2)).toHaveProperty('problems.publicKeys')
})

for (const level of [1, 2, 3] as const) {
  const refused = level === 3
  test(`at level ${level} a secret is ${refused ? 'refused' : 'made'}`, { tag: '@v5.0.0-10.4.16' }, () => {
    const parsed = parseRegistration({ ...NOTES, confidential: true }, level)
    if (refused) expect(parsed).toEqual({ problems: { publicKeys: expect.stringContaining('give its public key') } })
    else expect(needsSecret((parsed as { registration: Registration }).registration, { confidential: true })).toBe(true)
    const secretDigest = Buffer.alloc(32)
    expect(clientProof({ secretDigest, publicKeys: [] }, level)).toEqual({ by: 'secret', taken: !refused })
    expect(clientProof({ secretDigest, publicKeys: [KEY] }, level)).toEqual({ by: 'keys', taken: true })
    expect(clientProof({ secretDigest: null, publicKeys: [] }, level)).toEqual({ by: 'none', taken: true })
    expect(parseRegistration(NOTES, level), 'a public one is what it was').toHaveProperty('registration')
  })
}

test('only a device needs no address', () => {
  expect(parseRegistration({ ...NOTES, redirectUris: [] }, 2)).toHaveProperty('problems.redirectUris')
  expect(parseRegistration({ ...NOTES, redirectUris: [], device: true }, 2)).toHaveProperty('registration.device', true)
})

test('it asks for nothing that there is not', { tag: '@v5.0.0-10.4.11' }, () => {
  for (const scope of ['', 'profile', 'openid everything', 'openid constructor']) {
    expect(parseRegistration({ ...NOTES, scope }, 2), scope).toHaveProperty('problems.scope')
  }
  const scope = ' sessions:read   openid\n'
  expect(parseRegistration({ ...NOTES, scope }, 2)).toHaveProperty('registration.scope', 'openid sessions:read')
})

test('its name is one that people can read, and all that is wrong is told at once', () => {
  for (const name of ['', '\u202eNotes', 'x'.repeat(81)]) {
    expect(parseRegistration({ ...NOTES, name }, 2)).toHaveProperty('problems.name')
  }
  const many = Array.from({ length: 21 }, (_, index) => `https://notes.example/${index}`)
  const { problems } = parseRegistration({ ...NOTES, name: '', scope: '', redirectUris: many }, 2) as {
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
