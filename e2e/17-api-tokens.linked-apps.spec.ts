/**
 * # API tokens: linked apps
 *
 * Threat: an application that somebody let in once, and forgot, goes on reading. Nobody sees it, nobody can take it back, or
 * taking it back leaves its tokens at work.
 *
 * Promise: people see which applications use their account, since when, what each may do and in which session they let it;
 * `Disconnect` ends what was granted and everything made of it, at once, after a fresh proof of who asks.
 */
import { ask, linkApp, mint } from './access-tokens.ts'
import { asvs, expect, expectClean, type Person, test } from './book.ts'

/** Level 2: seconds after which a proof is too old. */
const WINDOW = 600

async function openApps({ page }: Person): Promise<void> {
  await page.goto('/account/apps')
  await expect(page.getByRole('heading', { name: 'Linked apps', level: 1 })).toBeVisible()
}

const app = ({ page }: Person, name: string) => page.getByRole('listitem', { name })

/** Opens the dialog, and presses. */
async function disconnect(person: Person, name: string): Promise<void> {
  await person.page.getByRole('button', { name: `Disconnect ${name}` }).click()
  await person.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click()
}

test(
  'people see which applications use their account, and how',
  asvs('10.7.3', 'ASVS4-3.5.1'),
  async ({ alice, server }) => {
    const { page } = alice
    await openApps(alice)
    await expect(page.getByText('No application is linked')).toBeVisible()
    await expectClean(page)
    const one = await linkApp(server, alice, { name: 'Lighthouse', age: 3600 })
    await linkApp(server, alice, { name: 'Harbour', scope: 'openid offline_access sessions:read', offline: true })
    expect((await ask(server, mint(server, one))).status).toBe(200)
    await openApps(alice)
    const lighthouse = app(alice, 'Lighthouse')
    await expect(lighthouse).toContainText('See where you are signed in')
    await expect(lighthouse).toContainText('Sign out the session in which you link it')
    await expect(lighthouse).toContainText(/Linked.*1 hour ago/)
    await expect(lighthouse, 'its use was noted').toContainText(/Last used.*just now/i)
    await expect(lighthouse).toContainText('this session')
    await expect(lighthouse).toContainText('and with that session')
    await expect(app(alice, 'Harbour')).toContainText('Keep this access when you are signed out')
    await expect(app(alice, 'Harbour')).not.toContainText('and with that session')
    await expect(page.getByRole('heading', { name: 'Applications (2)' })).toBeVisible()
    await expectClean(page)
  },
)

test('they stand below the sessions, too', asvs('ASVS4-3.5.1'), async ({ alice, server }) => {
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.begin()
  await linkApp(server, phone, { name: 'Lighthouse' })
  await alice.openSessions()
  const section = alice.page.getByRole('region', { name: 'Linked apps (1)' })
  await expect(section).toContainText('Lighthouse')
  await expect(section).toContainText('Safari on iOS')
  await expectClean(alice.page)
  await section.getByRole('link', { name: 'See or disconnect linked apps' }).click()
  await expect(alice.page).toHaveURL('/account/apps')
  await phone.signOut()
  await alice.openSessions()
  await expect(alice.page.getByRole('region', { name: /Linked apps/ }), 'gone with its session').toHaveCount(0)
})

test(
  'one that outlives its session stays in the list, with where it came from',
  asvs('10.7.3'),
  async ({ alice, server }) => {
    const phone = await alice.anotherBrowser('safari-iphone')
    await phone.begin()
    const { sessionId } = await linkApp(server, phone, { name: 'Harbour', offline: true })
    await phone.signOut()
    expect(server.endedRow(sessionId)).toBeDefined()
    await openApps(alice)
    await expect(app(alice, 'Harbour')).toContainText('Safari on iOS, a session that has ended')
  },
)

test(
  'Disconnect ends the application’s tokens at once, and those of no other',
  asvs('ASVS4-3.5.1', '10.4.9', '10.7.3', '7.4.1'),
  async ({ alice, server }) => {
    const [one, two] = [
      await linkApp(server, alice, { name: 'Lighthouse' }),
      await linkApp(server, alice, { name: 'Harbour' }),
    ]
    const [token, other] = [mint(server, one), mint(server, two)]
    for (const each of [token, other]) expect((await ask(server, each)).status).toBe(200)
    await openApps(alice)
    await disconnect(alice, 'Lighthouse')
    await expect(alice.page.getByRole('status').filter({ hasText: 'Lighthouse is disconnected.' })).toBeVisible()
    await expect(app(alice, 'Lighthouse')).toHaveCount(0)
    expect([(await ask(server, token)).status, (await ask(server, other)).status]).toEqual([401, 200])
    const [event] = server.events(alice.email).filter(({ kind }) => kind === 'app-disconnected')
    expect(JSON.parse(event?.detail ?? '{}')).toEqual({ app: 'Lighthouse' })
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test(
  'Disconnect asks for a fresh proof in place, and goes on with the same press',
  asvs('7.5.2', 'ASVS4-3.7.1'),
  async ({ alice, server }) => {
    const { page } = alice
    const linked = await linkApp(server, alice, { name: 'Lighthouse' })
    server.ageSession(linked.sessionId, { authenticated: WINDOW })
    await openApps(alice)
    await page.getByRole('button', { name: 'Disconnect Lighthouse' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Password', { exact: true }).fill('not my password at all')
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click()
    await expect(dialog.getByText(/wrong/i).first()).toBeVisible()
    expect((await ask(server, mint(server, linked))).status, 'nothing has happened').toBe(200)
    await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click()
    await expect(page.getByText('Lighthouse is disconnected.')).toBeVisible()
    expect((await ask(server, mint(server, linked))).status).toBe(401)
  },
)

test(
  'nobody disconnects, or sees, what somebody else has linked',
  asvs('8.2.2', 'WSTG-ATHZ-04'),
  async ({ alice, bob, server }) => {
    const his = await linkApp(server, bob, { name: 'Lighthouse' })
    await linkApp(server, alice, { name: 'Harbour' })
    await openApps(alice)
    await expect(alice.page.getByText('Lighthouse')).toHaveCount(0)
    await alice.page.getByRole('button', { name: 'Disconnect Harbour' }).click()
    await alice.page.locator('dialog input[name=target]').evaluate((input, id) => {
      ;(input as HTMLInputElement).value = id
    }, his.grantId)
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click()
    await expect(alice.page.getByText('That application was disconnected already.')).toBeVisible()
    expect((await ask(server, mint(server, his))).status).toBe(200)
  },
)

test('a name is text, whatever it says', asvs('10.7.2'), async ({ alice, server }) => {
  const name = '<img src=x onerror="document.title=1"> \u202Egnp.exe'
  await linkApp(server, alice, { name })
  await openApps(alice)
  await expect(alice.page.getByRole('heading', { name: '<img src=x' })).toBeVisible()
  await expect(alice.page).toHaveTitle(/Linked apps/)
})

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('applications are listed and disconnected', asvs('ASVS4-3.5.1', '10.7.3'), async ({ alice, server }) => {
    const linked = await linkApp(server, alice, { name: 'Lighthouse' })
    server.ageSession(linked.sessionId, { authenticated: WINDOW })
    await openApps(alice)
    await alice.page.getByRole('button', { name: 'Disconnect Lighthouse' }).click()
    const dialog = alice.page.getByRole('dialog')
    await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
    await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click()
    await expect(alice.page.getByText('Lighthouse is disconnected.')).toBeVisible()
    expect((await ask(server, mint(server, linked))).status).toBe(401)
  })
})
