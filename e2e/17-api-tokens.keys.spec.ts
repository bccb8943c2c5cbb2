/**
 * # API tokens: keys
 *
 * Threat: a signing key that cannot be changed without refusing tokens is never changed; one that has leaked and still
 * verifies was never changed.
 *
 * Promise: `keys rotate` replaces the signing keys with the session keys. A new one is published before it signs, an old one
 * verifies as long as it is in the ring; taken out of it, it verifies nothing from that second on.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, keysOf, linkApp, mint } from './access-tokens.ts'
import { asvs, test as book, expect, Guard, Person, somebody, startServer } from './book.ts'
import { signet } from './command-line.ts'
import type { Server } from './server.ts'

/** A server of the test's own, since its keys change. */
const test = book.extend<{ own: Server; dora: Person }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  own: async ({}, use) => {
    const server = await startServer()
    await use(server)
    await server.stop()
  },
  dora: async ({ own, browser }, use) => {
    const dora = await Person.arrive({ browser, server: own, guard: new Guard(own.origin) }, somebody('Dora'))
    await dora.haveAccount()
    await use(dora)
  },
})

const LONG_AGO = '2020-01-01T00:00:00.000Z'

interface Key {
  readonly id: string
}

/** In one step. The server looks at the file within a second. */
function changeKeys({ dataDir }: Server, change: (keys: readonly Key[]) => readonly object[]): void {
  const file = join(dataDir, 'session-keys.json')
  const { keys } = JSON.parse(readFileSync(file, 'utf8')) as { keys: Key[] }
  writeFileSync(`${file}.draft`, JSON.stringify({ keys: change(keys) }), { mode: 0o600 })
  renameSync(`${file}.draft`, file)
}

/** The names of the keys that are published, the one that signs first. */
async function published(server: Server): Promise<string[]> {
  const { keys } = (await server.request({ path: '/oauth/jwks' })).json<{ keys: { kid: string; d?: string }[] }>()
  expect(keys.filter(({ d }) => d !== undefined)).toEqual([])
  return keys.map(({ kid }) => kid)
}

test(
  'no token is refused when the keys are rotated, until its key is taken away',
  asvs('13.3.4', '9.1.3', 'FLUID-R357.3.5.3-keysub'),
  async ({ own, dora }) => {
    const app = await linkApp(own, dora)
    const before = mint(own, app)
    const [old = ''] = await published(own)
    expect(await published(own)).toHaveLength(2)
    expect((await ask(own, before)).status).toBe(200)

    expect(await signet(own, 'keys', 'rotate')).toMatch(/signing keys are published at once and sign from/)
    await expect.poll(async () => (await published(own)).length, 'published at once').toBe(4)
    expect((await published(own))[0], 'and does not sign yet').toBe(old)
    expect((await ask(own, mint(own, app))).status).toBe(200)

    // As if it had been published for as long as it must be.
    changeKeys(own, ([added, ...others]) => [{ ...added, sealsFrom: LONG_AGO }, ...others])
    await expect.poll(async () => (await published(own))[0]).not.toBe(old)
    const after = mint(own, app)
    expect(keysOf(own).current('ES256').kid).not.toBe(old)
    for (const token of [before, after]) expect((await ask(own, token)).status).toBe(200)

    changeKeys(own, ([added, ...others]) => [{ ...added }, ...others.map((key) => ({ ...key, retiresAt: LONG_AGO }))])
    await expect.poll(async () => (await ask(own, before)).status, 'its key has leaked').toBe(401)
    expect((await ask(own, after)).status).toBe(200)
    expect(await published(own)).not.toContain(old)
  },
)
