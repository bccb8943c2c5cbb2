/**
 * # Active sessions: what the buttons do
 *
 * Threat: a button ends something else than it names, or seems to have ended what goes on; or somebody at an unlocked
 * screen throws the owner out.
 *
 * Promise: each button says before what it will do and afterwards what it did. It ends exactly that, at once. It asks
 * for a proof of identity where the last one is too old, and then does what was asked without a second press.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, type Person, test } from './book.ts'

/** The same person in two more browsers, signed in. */
async function twoMore(alice: Person): Promise<[Person, Person]> {
  const [laptop, phone] = [await alice.anotherBrowser('firefox-linux'), await alice.anotherBrowser('safari-iphone')]
  await laptop.begin()
  await phone.begin()
  return [laptop, phone]
}

test(
  'a button ends exactly the session that it names',
  asvs('7.4.1', '7.5.2', 'ASVS4-3.3.4'),
  async ({ alice, server }) => {
    const [laptop, phone] = await twoMore(alice)
    const id = await laptop.sessionId()
    const list = await new ActiveSessionsPage(alice.page).open()
    const dialog = await list.ask('Firefox on Linux')
    await expect(dialog).toContainText('It will need to sign in again, at once. Unsaved work there may be lost.')
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
    await expect(list.row('Firefox on Linux')).toHaveCount(0)
    await expect(list.ended).toContainText(/Ended from Chrom(?:e|ium) on Linux/)
    expect(await laptop.isSignedIn()).toBe(false)
    expect(await phone.isSignedIn()).toBe(true)
    expect(await alice.isSignedIn()).toBe(true)
    expect(server.row(id)).toBeUndefined()
    expect(server.endedRow(id)).toMatchObject({ reason: 'signed-out-elsewhere' })
  },
)

test('signing out the other sessions leaves this one', asvs('7.4.1', '7.5.2'), async ({ alice }) => {
  const [laptop, phone] = await twoMore(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.askOthers()
  await expect(dialog).toHaveAccessibleName('Sign out 2 other sessions?')
  await expect(dialog.getByRole('listitem')).toHaveText([/^Safari on iOS/, /^Firefox on Linux/])
  await dialog.getByRole('button', { name: 'Sign out other sessions' }).click()
  await expect(list.outcome).toHaveText('2 sessions signed out. You are still signed in here.')
  await expect(list.others).toContainText('This is your only session')
  expect(await laptop.isSignedIn()).toBe(false)
  expect(await phone.isSignedIn()).toBe(false)
  expect(await alice.isSignedIn()).toBe(true)
})

test(
  'signing out everywhere ends this one too, and Back shows nothing',
  asvs('7.4.1', '7.5.2', 'ASVS4-3.3.1'),
  async ({ alice, server }) => {
    const [laptop, phone] = await twoMore(alice)
    const list = await new ActiveSessionsPage(alice.page).open()
    const dialog = await list.askEverywhere()
    await expect(dialog).toHaveAccessibleName('Sign out all 3 sessions?')
    await expect(dialog.getByRole('listitem')).toHaveCount(3)
    const goodbye = alice.page.waitForResponse((answer) => new URL(answer.url()).pathname === '/sign-out')
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
    expect(await (await goodbye).headerValue('clear-site-data')).toBe('"cache", "storage"')
    await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
    expect(await alice.cookie()).toBeUndefined()
    for (const each of [alice, laptop, phone]) expect(await each.isSignedIn()).toBe(false)
    expect(server.ended(alice.email).map(({ reason }) => reason)).toEqual(Array(3).fill('signed-out-everywhere'))
    await alice.page.goBack()
    await expect(alice.page).toHaveURL(/^[^?]*\/sign-in\?/)
    await expect(alice.page.getByText('Firefox on Linux')).toHaveCount(0)
  },
)

test('two tabs that press the same button end it once', asvs('7.5.2', '15.4.2'), async ({ alice, server }) => {
  const [laptop] = await twoMore(alice)
  const id = await laptop.sessionId()
  const one = await new ActiveSessionsPage(alice.page).open()
  const two = await new ActiveSessionsPage(await alice.context.newPage()).open()
  const dialogs = [await one.ask('Firefox on Linux'), await two.ask('Firefox on Linux')]
  await Promise.all(dialogs.map((dialog) => dialog.getByRole('button', { name: 'Sign out' }).click()))
  await expect(one.outcome).toHaveText(/^Firefox on Linux (?:is signed out|was signed out already)\.$/)
  await expect(two.outcome).toHaveText(/^Firefox on Linux (?:is signed out|was signed out already)\.$/)
  const told = [await one.outcome.textContent(), await two.outcome.textContent()].sort()
  expect(told).toEqual(['Firefox on Linux is signed out.', 'Firefox on Linux was signed out already.'])
  const ends = server.events(alice.email).filter((event) => event.kind === 'session-ended' && event.session_id === id)
  expect(ends).toHaveLength(1)
})

test(
  'a form that names a foreign session ends nothing and says no more than for an unknown one',
  asvs('8.2.2', 'WSTG-ATHZ-04'),
  async ({ alice, bob }) => {
    await twoMore(alice)
    const answers: (string | null)[] = []
    for (const target of [await bob.sessionId(), 'AAAAAAAAAAAAAAAAAAAAAA']) {
      const list = await new ActiveSessionsPage(alice.page).open()
      const dialog = await list.ask('Firefox on Linux')
      await dialog.locator('input[name=target]').evaluate((input: HTMLInputElement, id) => {
        input.value = id
      }, target)
      await dialog.getByRole('button', { name: 'Sign out' }).click()
      await expect(list.outcome).not.toBeEmpty()
      answers.push(await list.outcome.textContent())
    }
    expect(answers).toEqual(Array(2).fill('Firefox on Linux was signed out already.'))
    expect(await bob.isSignedIn()).toBe(true)
  },
)

test.describe('when the last proof of identity is too old', () => {
  test.beforeEach(async ({ alice, server }) => {
    server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  })

  test(
    'the dialog asks for the password, and one press does the rest',
    asvs('7.5.2', '7.2.4', 'ASVS4-3.3.4'),
    async ({ alice }) => {
      const [laptop] = await twoMore(alice)
      const list = await new ActiveSessionsPage(alice.page).open()
      const before = await alice.cookie()
      const dialog = await list.ask('Firefox on Linux')
      await expect(dialog).toContainText('It has been a while since you confirmed that it is you.')
      await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
      await dialog.getByRole('button', { name: 'Sign out' }).click()
      await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
      expect(await laptop.isSignedIn()).toBe(false)
      expect(await alice.cookie()).not.toBe(before)
      // The proof counts for what follows.
      const next = await list.ask('Safari on iOS')
      await expect(next.getByLabel('Password', { exact: true })).toHaveCount(0)
    },
  )

  test(
    'a wrong password, or none, keeps dialog and session',
    asvs('7.5.2', 'ASVS4-3.7.1'),
    async ({ alice, server }) => {
      const [laptop] = await twoMore(alice)
      const list = await new ActiveSessionsPage(alice.page).open()
      const dialog = await list.ask('Firefox on Linux')
      const password = dialog.getByLabel('Password', { exact: true })
      await dialog.getByRole('button', { name: 'Sign out' }).click()
      await expect(dialog).toContainText('Enter your password to confirm it’s you.')
      await password.fill('not the password of anybody')
      await dialog.getByRole('button', { name: 'Sign out' }).click()
      await expect(dialog).toContainText('That password is wrong. Nothing has been done.')
      await expect(password).toHaveAttribute('aria-invalid', 'true')
      await expect(list.outcome).toBeEmpty()
      expect(await laptop.isSignedIn()).toBe(true)
      expect(server.events(alice.email).map(({ kind }) => kind)).toContain('reauthentication-failed')
      await password.fill(alice.password)
      await dialog.getByRole('button', { name: 'Sign out' }).click()
      await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
      expect(await laptop.isSignedIn()).toBe(false)
    },
  )

  test(
    'signing out everywhere asks as well, and signing out here does not',
    asvs('7.5.2', '7.4.4'),
    async ({ alice }) => {
      const [laptop] = await twoMore(alice)
      const list = await new ActiveSessionsPage(alice.page).open()
      const dialog = await list.askEverywhere()
      await dialog.getByLabel('Password', { exact: true }).fill('not the password of anybody')
      await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
      await expect(dialog).toContainText('That password is wrong. Nothing has been signed out.')
      expect(await laptop.isSignedIn()).toBe(true)
      await (await list.settled(dialog)).getByRole('link', { name: 'Cancel' }).click()
      await list.here.getByRole('button', { name: 'Sign out this device' }).click()
      await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
      expect(await laptop.isSignedIn()).toBe(true)
    },
  )

  test(
    'after too many wrong passwords, the dialog says for how long to wait',
    asvs('6.3.1', '7.5.2'),
    async ({ alice, server }) => {
      const [laptop] = await twoMore(alice)
      server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
      const wrong = { data: { password: 'not the password of anybody' } }
      const tries: number[] = []
      while (!tries.includes(429) && tries.length < 30) {
        tries.push((await alice.api.post('/api/session/reauthenticate', wrong)).status())
      }
      const list = await new ActiveSessionsPage(alice.page).open()
      const dialog = await list.askEverywhere()
      await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
      await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
      await expect(dialog).toContainText(/Too many attempts\. Try again in \d+ (?:seconds?|minutes?|hours?)\./)
      expect(await laptop.isSignedIn()).toBe(true)
    },
  )

  test('just before, nothing is asked', asvs('7.5.2'), async ({ alice, server }) => {
    await twoMore(alice)
    server.ageSession(await alice.sessionId(), { authenticated: -30 })
    const list = await new ActiveSessionsPage(alice.page).open()
    await list.signOut('Firefox on Linux')
  })
})

test('nothing leaves the list before the server has agreed', async ({ alice }) => {
  const [laptop] = await twoMore(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await alice.page.route('**/account/sessions', async (route) => {
    if (route.request().method() === 'POST') await held
    await route.continue()
  })
  const dialog = await list.ask('Firefox on Linux')
  const button = dialog.getByRole('button', { name: 'Sign out' })
  await button.click()
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(dialog).toBeVisible()
  await expect(list.row('Firefox on Linux')).toBeAttached()
  await expect(list.outcome).toBeEmpty()
  expect(await laptop.isSignedIn()).toBe(true)
  release()
  await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
  await expect(dialog).toBeHidden()
})

test('the dialog begins at Cancel, Escape closes it, and focus goes back to where it came from', async ({ alice }) => {
  const [laptop] = await twoMore(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  for (const ask of [() => list.ask('Firefox on Linux'), () => list.askOthers(), () => list.askEverywhere()]) {
    const dialog = await ask()
    await expect(dialog.getByRole('link', { name: 'Cancel' })).toBeFocused()
    await alice.page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
  await expect(alice.page.getByRole('button', { name: 'Sign out everywhere' })).toBeFocused()
  expect(await laptop.isSignedIn()).toBe(true)
})

test('afterwards focus is at the next session’s heading, or at the heading of the list', async ({ alice }) => {
  await twoMore(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  await list.signOut('Safari on iOS')
  await expect(list.row('Firefox on Linux').getByRole('heading')).toBeFocused()
  await list.signOut('Firefox on Linux')
  await expect(list.others.getByRole('heading', { name: 'Other devices', level: 2 })).toBeFocused()
})

test('a session that has ended meanwhile is said to be over already', async ({ alice }) => {
  const [laptop] = await twoMore(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.ask('Firefox on Linux')
  await laptop.api.delete('/api/session')
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(list.outcome).toHaveText('Firefox on Linux was signed out already.')
  await expect(list.ended).toContainText('You signed out')
})

test('each button that signs out has a name of its own', asvs('7.4.4'), async ({ alice }) => {
  await twoMore(alice)
  const twin = await alice.anotherBrowser('firefox-linux')
  await twin.begin()
  const list = await new ActiveSessionsPage(alice.page).open()
  const buttons = alice.page.getByRole('button', { name: /^Sign out/ })
  const names = await buttons.evaluateAll((all) => all.map(({ textContent }) => textContent?.replace(/\s+/g, ' ')))
  expect(new Set(names).size).toBe(names.length)
  await expect(list.here.getByRole('button', { name: 'Sign out this device' })).toBeVisible()
  expect(names).toHaveLength(7)
})

test('offline the dialog says why nothing can be pressed, and goes on when the network is back', async ({
  alice,
  guard,
}) => {
  guard.allow(/ERR_INTERNET_DISCONNECTED/)
  const [laptop] = await twoMore(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.ask('Firefox on Linux')
  const button = dialog.getByRole('button', { name: 'Sign out' })
  await alice.context.setOffline(true)
  await expect(dialog.getByRole('status')).toHaveText('You are offline. Nothing can be changed until this is over.')
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await button.click({ force: true })
  await expect(dialog).toBeVisible()
  expect(await laptop.isSignedIn()).toBe(true)
  await alice.context.setOffline(false)
  await expect(dialog.getByRole('status')).toBeEmpty()
  await button.click()
  await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
})
