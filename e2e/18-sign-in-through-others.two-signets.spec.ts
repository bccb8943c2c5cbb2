/**
 * # Signing in through others: two Signets
 *
 * Threat: what one side promises and the other side believes fit together in words only.
 *
 * Promise: one Signet signs people in through another one, as any application and any provider would. Whoever is signed
 * out at the one is signed out at the other within a second; and whoever signs out there is told what stays.
 */
import { asvs, test as book, expect, Guard, Person, somebody } from './book.ts'
import { type App, register } from './relying-party.ts'
import { type Server, startServer } from './server.ts'
import { goThroughWork } from './through-work.ts'

interface Two {
  /** Signs people in for the other one. Its host is another one, or they would share their cookies. */
  readonly one: Server
  readonly two: Server
  readonly app: App
  /** Has an account at both, and is signed in at both, with a password each. */
  readonly dora: Person
}

const test = book.extend<Two>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  one: async ({}, use) => {
    const server = await startServer((port) => ({ APP_ORIGIN: `http://127.0.0.1:${port}` }))
    await use(server)
    await server.stop()
  },
  two: async ({ one }, use) => {
    const server = await startServer((port) => {
      const path = `http://localhost:${port}/api/federation/one`
      const app = register(one, {
        name: 'Signet Two',
        redirectUri: `${path}/callback`,
        postLogoutRedirectUri: `http://localhost:${port}/sign-in?reason=signed-out`,
        backchannelLogoutUri: `${path}/backchannel-logout`,
        scope: 'openid profile email',
      })
      const provider = { id: 'one', name: 'One', issuer: one.origin, clientId: app.id, clientSecret: app.secret }
      return { IDENTITY_PROVIDERS: JSON.stringify([provider]) }
    })
    await use(server)
    await server.stop()
  },
  dora: async ({ one, two, browser }, use) => {
    const guard = new Guard(two.origin)
    guard.allow(/^leaves the origin: http:\/\/127\.0\.0\.1:/)
    const dora = await Person.arrive({ browser, server: two, guard }, somebody('Dora'))
    await signUpAt(one, dora)
    await dora.haveAccount()
    await use(dora)
    await guard.verdict()
  },
})

async function signUpAt({ origin }: Server, { page, name, email, password }: Person): Promise<void> {
  await page.goto(`${origin}/sign-up`)
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(`${origin}/account/sessions`)
}

/** At One, whose person lets Two know who they are, if they are asked. */
async function letTwoIn({ page }: Person, path: string): Promise<void> {
  const allow = page.getByRole('button', { name: 'Allow' })
  await expect(async () => {
    if (await allow.isVisible()) await allow.click()
    await expect(page).toHaveURL(path, { timeout: 2000 })
  }).toPass()
}

async function linkOne(dora: Person): Promise<void> {
  const { page } = dora
  await page.goto('/account/apps')
  await page.getByText('Link One', { exact: true }).click()
  await page.getByRole('button', { name: 'Go to One and link it' }).click()
  await letTwoIn(dora, '/account/apps?linked=one')
  await expect(page.getByText('One is linked')).toBeVisible()
}

async function signInThroughOne(dora: Person): Promise<void> {
  await goThroughWork(dora, null, { button: 'Sign in with One' })
  await letTwoIn(dora, '/account/sessions')
}

test(
  'whoever signs out at the one is out at the other within a second',
  asvs('7.6.1', '7.1.3'),
  async ({ dora, one, two }) => {
    await linkOne(dora)
    await signInThroughOne(dora)
    const [id, cookie] = [await dora.sessionId(), await dora.cookieHeader()]
    const [{ id: there = '' } = {}] = one.sessions(dora.email)
    const page = await dora.context.newPage()
    await page.goto(`${one.origin}/account`)
    await page.getByRole('banner').getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect.poll(() => two.endedRow(id)?.reason).toBe('provider')
    expect((two.endedRow(id)?.ended_at ?? Number.NaN) - (one.endedRow(there)?.ended_at ?? 0)).toBeLessThan(1000)
    expect((await two.request({ path: '/account', headers: { cookie } })).status).toBe(307)
  },
)

test(
  'whoever signs out at the other is told what stays, and ends it there as well',
  asvs('7.6.2'),
  async ({ dora, one, two }) => {
    await linkOne(dora)
    await signInThroughOne(dora)
    const [{ id: there = '' } = {}] = one.sessions(dora.email)
    await dora.signOut()
    await expect(dora.page.getByRole('status')).toContainText('may still be signed in at One')
    expect(one.row(there), 'that is true').toBeDefined()
    await dora.page.getByRole('button', { name: 'Sign out at One as well' }).click()
    await dora.page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(dora.page).toHaveURL('/sign-in?reason=signed-out')
    expect(one.endedRow(there)?.reason).toBe('signed-out')
    expect(two.sessions(dora.email)).toEqual([])
  },
)
