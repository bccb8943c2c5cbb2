/**
 * # The beginning: passwords
 *
 * Threat: most accounts fall to passwords that somebody has used before, and rules about kinds of characters make
 * people write exactly those. A form that fights managers makes it worse.
 *
 * Promise: a password has at least 15 characters of any kind and is none that attackers try first; whoever pastes or
 * uses a manager is welcome; and it is compared as it was typed, to its last character.
 */
import { randomBytes } from 'node:crypto'
import { asvs, expect, type Person, test } from './book.ts'

const secret = () => randomBytes(200).toString('base64')

async function fieldProblems({ api, name, email }: Person, password: string): Promise<Record<string, string>> {
  const answer = await api.post('/api/account', { data: { name, email, password } })
  if (answer.status() === 201) return {}
  expect(answer.status()).toBe(400)
  const { code, errors } = (await answer.json()) as { code: string; errors: { field: string; message: string }[] }
  expect(code).toBe('invalid_input')
  return Object.fromEntries(errors.map(({ field, message }) => [field, message]))
}

const ACCEPTED: readonly (readonly [string, string])[] = [
  ['fifteen characters', secret().slice(0, 15)],
  ['256 characters', secret().slice(0, 256)],
  ['words with spaces', 'a quilt of seven harbours'],
  ['lower case only', 'lanternquiltharbouroctober'],
  ['emoji and other scripts', '🦊 лисица きつね raposa لومړی'],
  ['fifteen code points that are thirty units', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆'],
]

for (const [what, password] of ACCEPTED) {
  test(`a password of ${what} is accepted`, asvs('6.2.1', '6.2.5', '6.2.9'), async ({ newcomer }) => {
    expect(await fieldProblems(newcomer, password)).toEqual({})
    await newcomer.api.delete('/api/session')
    const again = await newcomer.api.post('/api/session', { data: { email: newcomer.email, password } })
    expect(again.status(), 'and opens the account').toBe(201)
  })
}

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['fourteen characters', secret().slice(0, 14), /at least 15/],
  ['fourteen characters that are 28 units', '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤', /at least 15/],
  ['257 characters', secret().slice(0, 257), /at most 256/],
  ['one character over and over', 'a'.repeat(40), /repeats/],
  ['a short piece over and over', 'dragon7dragon7dragon7', /repeats/],
  ['a walk along the keyboard', 'qwertyuiopasdfghjkl', /keyboard/],
  ['a breached list', 'passwordpassword1', /common|repeats/],
  ['a breached list, in capitals', 'PASSWORDPASSWORD1', /common|repeats/],
]

for (const [what, password, advice] of REFUSED) {
  test(
    `a password of ${what} is refused, with advice`,
    asvs('6.2.1', '6.2.4', '6.2.12'),
    async ({ newcomer, server }) => {
      expect((await fieldProblems(newcomer, password)).password).toMatch(advice)
      expect(server.sessions(newcomer.email)).toEqual([])
    },
  )
}

test('the own name and address make no password', asvs('6.2.11'), async ({ newcomer }) => {
  expect((await fieldProblems(newcomer, newcomer.email)).password).toMatch(/your own name or email/)
  expect((await fieldProblems(newcomer, `${newcomer.name} ${newcomer.email} 1`)).password).toMatch(/your own name/)
})

test('everything that is wrong with a sign-up is told at once, beside its field', async ({ newcomer }) => {
  const { page } = newcomer
  await page.goto('/sign-up')
  await page.getByLabel('Email').fill('not an address')
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Create account' }).click()
  for (const label of ['Name', 'Email', 'Password']) {
    const field = page.getByLabel(label, { exact: true })
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(/Enter|Use/)
  }
  await expect(page.getByLabel('Name')).toBeFocused()
})

test('a password is compared as it was typed, to its last character', asvs('6.2.8'), async ({ newcomer }) => {
  const password = `${secret().slice(0, 254)}éK`
  expect(await fieldProblems(newcomer, password)).toEqual({})
  const opens = async (tried: string) =>
    (await newcomer.api.post('/api/session', { data: { email: newcomer.email, password: tried } })).ok()
  expect(await opens(password.slice(0, -1)), 'cut off').toBe(false)
  expect(await opens(`${password.slice(0, -1)}k`), 'in another case').toBe(false)
  expect(await opens(`${password} `), 'with a space after it').toBe(false)
  expect(await opens(password.normalize('NFD')), 'from a keyboard that composes otherwise').toBe(true)
})

test('a password can be pasted, and managers recognise the fields', asvs('6.2.7'), async ({ alice, newcomer }) => {
  const { page } = newcomer
  await newcomer.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/sign-up')
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'new-password')
  await expect(page.getByLabel('Email')).toHaveAttribute('autocomplete', 'email')
  await page.evaluate((text) => navigator.clipboard.writeText(text), newcomer.password)
  await page.getByLabel('Password', { exact: true }).focus()
  await page.keyboard.press('ControlOrMeta+V')
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(newcomer.password)
  await alice.page.goto('/sign-in')
  await expect(alice.page.getByLabel('Email')).toHaveAttribute('autocomplete', 'username webauthn')
  await expect(alice.page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'current-password')
})

test('a password is hidden while it is typed, and can be shown', asvs('6.2.6'), async ({ newcomer }) => {
  const { page } = newcomer
  await page.goto('/sign-in')
  const field = page.getByLabel('Password', { exact: true })
  await expect(field).toHaveAttribute('type', 'password')
  await page.getByRole('button', { name: 'Show what I type' }).click()
  await expect(field).toHaveAttribute('type', 'text')
  await page.getByRole('button', { name: 'Hide what I type' }).click()
  await expect(field).toHaveAttribute('type', 'password')
})

test('while a password is typed, a word says how good it is', asvs('6.2.4', '14.2.3'), async ({ newcomer }) => {
  const { page } = newcomer
  await page.goto('/sign-up')
  const field = page.getByLabel('Password', { exact: true })
  await field.pressSequentially('lantern')
  await expect(page.getByText('8 more characters to go.')).toBeVisible()
  await field.fill('qwertyuiopasdfghjkl')
  await expect(page.getByText('This follows the keyboard')).toBeVisible()
  await field.fill(newcomer.password)
  await expect(page.getByText(/^(?:Very )?[Ss]trong:/)).toBeVisible()
})
