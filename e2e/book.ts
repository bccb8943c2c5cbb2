import { test as base } from '@playwright/test'
import { Guard } from './guard.ts'
import { type BrowserOptions, Person, somebody, type World } from './person.ts'
import { type Server, type Settings, startServer } from './server.ts'

/**
 * The people of the book and the ground they stand on.
 *
 * Each test gets its own people, each in a browser of their own; they share a server and a database with earlier tests
 * and never meet anybody from there. `alice` and `bob` have an account and are signed in; `mallory` is at her own
 * browser with no account and no cookie; `newcomer` is about to sign up.
 */
interface People {
  readonly alice: Person
  readonly bob: Person
  readonly mallory: Person
  readonly newcomer: Person
  /** Watches all browsers of the test, and fails it for what it finds. */
  readonly guard: Guard
  /** What `Person.arrive` needs, for tests with more people or other devices. */
  readonly world: World
  /** How the people's browsers are, for example `{ javaScriptEnabled: false }`. */
  readonly browserOptions: BrowserOptions
}

interface Ground {
  /** Settings of the app for the tests of a file: `test.use({ settings: { ASSURANCE_LEVEL: '1' } })`. */
  readonly settings: Settings
  readonly server: Server
}

export const test = base.extend<People, Ground>({
  settings: [{}, { option: true, scope: 'worker' }],
  server: [
    async ({ settings }, use) => {
      const server = await startServer(settings)
      await use(server)
      await server.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  browserOptions: [{}, { option: true }],
  guard: [
    async ({ server }, use, testInfo) => {
      server.beginTest()
      const guard = new Guard(server.origin)
      await use(guard)
      // Whoever reads why it failed wants to know what the server had to say.
      if (testInfo.status !== testInfo.expectedStatus) console.error(server.log().slice(-4000))
      await guard.verdict()
    },
    { auto: true },
  ],
  world: async ({ browser, server, guard }, use) => {
    await use({ browser, server, guard })
    // Pages that stay open go on counting and listening: hundreds of them slow down every test that follows.
    await Promise.all(browser.contexts().map((context) => context.close()))
  },
  alice: async ({ world, browserOptions }, use) => {
    await use(await withAccount(world, 'Alice', browserOptions))
  },
  bob: async ({ world, browserOptions }, use) => {
    await use(await withAccount(world, 'Bob', browserOptions))
  },
  mallory: async ({ world, browserOptions }, use) => {
    await use(await Person.arrive(world, somebody('Mallory'), browserOptions))
  },
  newcomer: async ({ world, browserOptions }, use) => {
    await use(await Person.arrive(world, somebody('Carol'), browserOptions))
  },
})

async function withAccount(world: World, name: string, options: BrowserOptions): Promise<Person> {
  const person = await Person.arrive(world, somebody(name), options)
  await person.haveAccount()
  return person
}

export { expect } from '@playwright/test'
export { expectClean } from './axe.ts'
export { Guard } from './guard.ts'
export { Person, somebody } from './person.ts'
export { asvs } from './requirements.ts'
export { startServer } from './server.ts'
