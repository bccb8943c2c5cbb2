/**
 * # Authenticators: recovery codes
 *
 * Threat: codes that are kept for years are read off the server, used twice, or go on working after their person has
 * replaced them.
 *
 * Promise: ten are made, shown once and kept as digests. Each works once, for one of however many who try at once. New ones
 * make the old ones worthless. Making them takes all that opens the account.
 */
import { readFileSync } from 'node:fs'
import { asvs, expect, expectClean, type Person, test } from './book.ts'
import { giveApp, giveRecoveryCodes } from './factors.ts'
import { openSecurity } from './security-page.ts'

/** The ten that are shown. */
async function codesOn({ page }: Person): Promise<readonly string[]> {
  const items = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(items).toHaveCount(10)
  return items.allInnerTexts()
}

const prove = (person: Person, code: string) =>
  person.api.post('/api/session/reauthenticate', { data: { code } }).then((answer) => answer.status())

for (const javaScriptEnabled of [true, false]) {
  test.describe(`scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ browserOptions: { javaScriptEnabled } })

    test(
      'ten are shown once, work once, and replace those from before',
      asvs('6.5.1', '7.5.1', '7.4.3'),
      async ({ alice, server }) => {
        const app = giveApp(server, alice)
        const [former = ''] = giveRecoveryCodes(server, alice)
        const phone = await alice.anotherBrowser()
        await phone.api.post('/api/session', { data: { email: alice.email, password: alice.password } })
        await phone.api.post('/api/session/factor', { data: { type: 'totp', code: app.code(-1) } })
        const { page } = alice
        await openSecurity(alice)
        await expect(page.getByText('10 are left, unused.')).toBeVisible()
        await page.getByText('Replace recovery codes').click()
        const form = page.locator('form', { has: page.getByRole('button', { name: 'Replace them' }) })
        await form.getByLabel('Authentication code').fill(app.code())
        await form.getByRole('button', { name: 'Replace them' }).click()
        const codes = await codesOn(alice)
        expect(new Set(codes).size).toBe(10)
        await expect(page.getByText('The other session was signed out.')).toBeVisible()
        if (javaScriptEnabled) await expectClean(page)
        await openSecurity(alice)
        await expect(page.getByText(codes[0] ?? '')).toHaveCount(0)

        expect(await prove(alice, former), 'one from before').toBe(401)
        expect(await prove(alice, codes[0]?.toLowerCase().replaceAll('-', ' ') ?? '')).toBe(200)
        expect(await prove(alice, codes[0] ?? ''), 'again').toBe(401)
        expect(await prove(alice, codes[9] ?? '')).toBe(200)
        await openSecurity(alice)
        await expect(page.getByText('8 are left, unused.')).toBeVisible()
      },
    )
  })
}

test('they can be kept as a text', asvs('6.5.1'), async ({ alice, server }) => {
  const app = giveApp(server, alice)
  const { page } = alice
  await alice.api.post('/api/session/reauthenticate', { data: { code: app.code() } })
  await openSecurity(alice)
  await page.getByText('Make recovery codes').click()
  await page.getByRole('button', { name: 'Make ten codes' }).click()
  const codes = await codesOn(alice)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as text' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('signet-recovery-codes.txt')
  const text = readFileSync(await download.path(), 'utf8')
  for (const code of codes) expect(text).toContain(code)
})

test('no code is in the database or the log as it is', asvs('6.5.1'), async ({ alice, server }) => {
  const app = giveApp(server, alice)
  const { page } = alice
  await alice.api.post('/api/session/reauthenticate', { data: { code: app.code() } })
  await openSecurity(alice)
  await page.getByText('Make recovery codes').click()
  await page.getByRole('button', { name: 'Make ten codes' }).click()
  const [code = ''] = await codesOn(alice)
  const plain = code.replaceAll('-', '')
  const file = readFileSync(server.databaseFile)
  for (const kept of [file, Buffer.from(server.log())]) {
    expect(kept.includes(code)).toBe(false)
    expect(kept.includes(plain)).toBe(false)
  }
})

test('without a second factor there is nothing to recover, and none are made', asvs('6.3.3'), async ({ alice }) => {
  await openSecurity(alice)
  await expect(alice.page.getByText('They stand in for an authenticator app or a passkey.')).toBeVisible()
  await expect(alice.page.getByText('Make recovery codes', { exact: true })).toHaveCount(0)
})
