import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { Store } from '#db/contract.ts'
import { test as base, begin, byAdministrator, event, signUp } from '#db/testing.ts'
import { epoch } from '#lib/session/epoch.ts'
import { endEverybody } from './acts.ts'

/** Ending everybody's sessions, where the epoch is this machine's own and where it is given to all. */
const test = base.extend<{ file: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  file: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'signet-everybody-'))
    await use(join(directory, 'epoch'))
    configure({})
    delete shared.signetStore
    rmSync(directory, { recursive: true })
  },
})

const shared = globalThis as { signetStore?: Store; signetSettings?: unknown; signetEpoch?: unknown }

test('with a given epoch every session has ended by the answer', { tag: '@v5.0.0-7.4.5' }, async ({
  store,
  alice,
  file,
}) => {
  configure({ SESSION_EPOCH_FILE: file, SESSION_EPOCH: '1' })
  await ended(store, alice)
  expect(await store.sessions.list(alice)).toEqual([])
  expect(epoch()).toBe(1)
})

test('with an epoch of its own a machine ends them all by raising it, and the rows follow', {
  tag: '@v5.0.0-7.4.5',
}, async ({ store, alice, file }) => {
  configure({ SESSION_EPOCH_FILE: file })
  const rest = await ended(store, alice)
  expect(epoch()).toBe(2)
  expect(await store.sessions.list(alice)).toHaveLength(1)
  await rest()
  expect(await store.sessions.list(alice)).toEqual([])
})

/** Somebody has a session, and an administrator ends everybody's. */
async function ended(store: Store, userId: string): Promise<() => Promise<void>> {
  shared.signetStore = store
  await begin(store, userId)
  const administrator = await signUp(store)
  const granted = { kind: 'administrator-granted' } as const
  await store.users.change({ by: 'shell', userId: administrator }, granted, event(granted.kind, administrator))
  const { proof } = byAdministrator(await begin(store, administrator, { securityVersion: 2 }), userId)
  const context = { device: { browser: null, os: null, kind: 'desktop' }, origin: { ip: null, place: null } }
  const rest = await endEverybody(proof, { reason: 'tokens have leaked', context: context as never })
  if (rest === 'session-over') throw new Error(rest)
  return rest
}

function configure({ SESSION_EPOCH_FILE, SESSION_EPOCH }: Record<string, string>): void {
  for (const [name, value] of Object.entries({ SESSION_EPOCH_FILE, SESSION_EPOCH })) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  delete shared.signetSettings
  delete shared.signetEpoch
}
