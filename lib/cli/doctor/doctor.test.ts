import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { ClientKey } from '#db/contract.ts'
import { test as base, begin, event, HOUR, proofOf, registered } from '#db/testing.ts'
import { parseSettings, type Settings } from '#lib/config.ts'
import { createKeyFile } from '#lib/keys/file.ts'
import { rotate } from '#lib/keys/rotate.ts'
import { keepEpoch } from '#lib/session/epoch.ts'
import { marksFile, recordEnds } from '#lib/session/high-water.ts'
import { DAY, now, secondsAfter } from '#lib/time.ts'
import { aboutDatabase } from './database.ts'
import type { Finding } from './finding.ts'
import { aboutKeys } from './keys.ts'
import { aboutSettings } from './settings.ts'

/** The doctor tells what would go wrong, and the remedy. */
const test = base.extend<{ directory: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  directory: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'signet-doctor-'))
    await use(directory)
    rmSync(directory, { recursive: true })
  },
})

const SECRET = 'q7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeU'
const PUBLIC = { APP_ORIGIN: 'https://signet.example.org', TRUSTED_PROXIES: '1', SMTP_URL: 'smtps://mail.example.org' }
const MAIL_FROM = 'signet@example.org'

for (const [what, env, told] of [
  ['http on a public origin', { APP_ORIGIN: 'http://signet.example.org' }, /plain http/],
  ['no mail on a public origin', { SMTP_URL: undefined }, /SMTP_URL is not set/],
  ['https without a proxy to believe', { TRUSTED_PROXIES: undefined }, /TRUSTED_PROXIES is not set/],
] as const) {
  test(`${what} is a warning`, () => {
    expect(warnings(aboutSettings(settings({ ...PUBLIC, MAIL_FROM, ...env })))).toEqual([expect.stringMatching(told)])
  })
}

test('a public deployment with everything, and one to try out, have no warning', () => {
  expect(warnings(aboutSettings(settings({ ...PUBLIC, MAIL_FROM })))).toEqual([])
  expect(warnings(aboutSettings(settings({})))).toEqual([])
})

test('a single key is a warning until it has been rotated', { tag: '@v5.0.0-13.3.4' }, ({ directory }) => {
  const file = join(directory, 'keys')
  createKeyFile(file, now())
  const own = settings({ SESSION_KEYS_FILE: file, DATA_DIR: directory })
  expect(warnings(aboutKeys(own))).toEqual([expect.stringMatching(/one key only.*keys rotate/)])
  rotate(file, now())
  expect(warnings(aboutKeys(own))).toEqual([])
  const given = settings({ SESSION_KEYS: `a:${SECRET}`, DATA_DIR: directory })
  expect(warnings(aboutKeys(given))).toEqual([expect.stringMatching(/one key only.*SESSION_KEYS/)])
})

for (const [days, count] of [
  [91, 1],
  [89, 0],
] as const) {
  test(`a newest key of ${days} days is ${count ? 'a warning' : 'none'}`, { tag: '@v5.0.0-13.3.4' }, ({
    directory,
  }) => {
    const file = join(directory, 'keys')
    const at = secondsAfter(now(), -days * DAY)
    createKeyFile(file, secondsAfter(at, -DAY))
    rotate(file, at)
    expect(warnings(aboutKeys(settings({ SESSION_KEYS_FILE: file, DATA_DIR: directory })))).toHaveLength(count)
    // A list of id:secret knows no dates; the file does.
    writeFileSync(file, `b:${SECRET.toLowerCase()}x\na:${SECRET}\n`)
    chmodSync(file, 0o600)
    utimesSync(file, at, at)
    expect(warnings(aboutKeys(settings({ SESSION_KEYS_FILE: file, DATA_DIR: directory })))).toHaveLength(count)
  })
}

test('the signing keys are looked at by signing with them', { tag: '@v5.0.0-13.3.4' }, ({ directory }) => {
  const file = join(directory, 'keys')
  createKeyFile(file, now())
  rotate(file, now())
  const found = aboutKeys(settings({ SESSION_KEYS_FILE: file, DATA_DIR: directory })).map(({ text }) => text)
  expect(found).toContainEqual(
    expect.stringMatching(/^4 signing keys \(ES256, EdDSA\) from the same ring; [\w-]{43} signs$/),
  )
})

test('keys that others can read are a warning', ({ directory }) => {
  const file = join(directory, 'keys')
  createKeyFile(file, now())
  rotate(file, now())
  chmodSync(file, 0o644)
  const found = warnings(aboutKeys(settings({ SESSION_KEYS_FILE: file, DATA_DIR: directory })))
  expect(found).toEqual([expect.stringMatching(/chmod 600/)])
})

test('a clock that is away from the database’s is a warning', async ({ place, directory }) => {
  const own = use({ DATA_DIR: directory })
  const store = await place.open({ clock: () => secondsAfter(now(), 60) })
  expect(warnings(await aboutDatabase(store, own))).toEqual([expect.stringMatching(/60 s away.*NTP/)])
})

test('mail that waits for more than an hour is a warning', async ({ store, place, alice, directory }) => {
  const own = use({ DATA_DIR: directory })
  await store.events.append(event('password-changed', alice))
  await place.ageWaiting(HOUR - 60)
  expect(warnings(await aboutDatabase(store, own))).toEqual([])
  await place.ageWaiting(60)
  expect(warnings(await aboutDatabase(store, own))).toEqual([expect.stringMatching(/^1 mail waits/)])
})

test('an application with a secret is a warning where no secret is taken', { tag: '@v5.0.0-10.4.16' }, async ({
  store,
  directory,
}) => {
  const at = (level: string) => use({ DATA_DIR: directory, ASSURANCE_LEVEL: level })
  const publicKeys: ClientKey[] = [{ kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) }]
  await registered(store, { name: 'Public', secretDigest: null })
  await registered(store, { name: 'Keyed', secretDigest: null, publicKeys })
  expect(warnings(await aboutDatabase(store, at('3')))).toEqual([])
  await registered(store, { name: 'Secret', secretDigest: Buffer.alloc(32) })
  expect(warnings(await aboutDatabase(store, at('2')))).toEqual([])
  expect(warnings(await aboutDatabase(store, at('3')))).toEqual([expect.stringMatching(/: “Secret”\. .*--jwks/)])
})

test('a missing epoch is a warning, and an older copy too', { tag: '@v5.0.0-7.4.1' }, async ({
  store,
  alice,
  directory,
}) => {
  const own = use({ DATA_DIR: directory })
  expect(warnings(await aboutDatabase(store, own)), 'nothing has ended yet').toEqual([])
  await store.sessions.signOut(proofOf(await begin(store, alice)))
  expect(warnings(await aboutDatabase(store, own))).toEqual([expect.stringMatching(/session-epoch is missing/)])
  keepEpoch()
  expect(warnings(await aboutDatabase(store, own))).toEqual([expect.stringMatching(/session-epoch\.ends is missing/)])
  await recordEnds(store)
  expect(warnings(await aboutDatabase(store, own))).toEqual([])
  const { id } = await store.state()
  writeFileSync(marksFile(), `${id} 7\n`)
  expect(warnings(await aboutDatabase(store, own))).toEqual([expect.stringMatching(/older copy.*ends all sessions/)])
})

test('an epoch that is given too low is an error', { tag: '@v5.0.0-7.4.1' }, async ({ store, directory }) => {
  writeFileSync(join(directory, 'session-epoch'), '3\n')
  const found = await aboutDatabase(store, use({ DATA_DIR: directory, SESSION_EPOCH: '2' }))
  expect(found.filter(({ weight }) => weight === 'error')).toMatchObject([
    { text: expect.stringMatching(/=3 on every/) },
  ])
})

test.afterEach(() => forget())

function warnings(findings: readonly Finding[]): string[] {
  return findings.filter(({ weight }) => weight !== 'ok').map(({ text }) => text)
}

function settings(env: Record<string, string | undefined>): Settings {
  const parsed = parseSettings(env)
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'))
  return parsed.settings
}

/** The settings of this process, as the epoch reads them. */
function use(env: Record<string, string>): Settings {
  forget()
  const own = settings(env)
  Object.assign(globalThis, { signetSettings: own })
  return own
}

function forget(): void {
  for (const name of ['signetSettings', 'signetEpoch', 'signetMarks']) Reflect.deleteProperty(globalThis, name)
}
