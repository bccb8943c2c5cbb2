/**
 * # API tokens: a command line
 *
 * Threat: programs without a browser ask for a password, or for a key that is good for ever, and keep it in a file.
 *
 * Promise: a program is let in on the device flow: the person reads a code off it, types it where they are signed in, sees
 * what it asks for, and says yes. It holds a token for five minutes, bound to a key of its own. The example is run here as
 * it stands (`examples/command-line/`).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asvs, test as book, expect, type Person } from './book.ts'
import { type App, register } from './relying-party.ts'

const EXAMPLE = join(dirname(dirname(fileURLToPath(import.meta.url))), 'examples/command-line/main.ts')

/** The program at somebody's prompt. */
interface Terminal {
  /** Resolves with what follows a text, as soon as the program has said it. */
  said(text: RegExp): Promise<string>
  type(line: string): void
  readonly exit: Promise<number | null>
}

function terminalOf(child: ChildProcess): Terminal {
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => {
      output += part.toString('utf8')
    })
  return {
    async said(text) {
      await expect.poll(() => output, { timeout: 30_000 }).toMatch(text)
      return output.match(text)?.[1] ?? ''
    },
    type: (line) => child.stdin?.write(`${line}\n`),
    exit: new Promise((resolve) => child.once('exit', resolve)),
  }
}

const test = book.extend<{ app: App; terminal: Terminal }>({
  app: async ({ server }, use) => {
    const name = 'Command line'
    await use(register(server, { name, isPublic: true, device: true, scope: 'openid sessions:read sessions:end' }))
  },
  terminal: async ({ app, server }, use) => {
    const env = { ...process.env, ISSUER: server.origin, CLIENT_ID: app.id }
    const child = spawn(process.execPath, [EXAMPLE], { env })
    await use(terminalOf(child))
    child.kill()
  },
})

/** The person types the code where they are signed in, and answers. */
async function answer({ page }: Person, terminal: Terminal, button: 'Allow' | 'Cancel'): Promise<void> {
  const address = await terminal.said(/open (\S+)/)
  const code = await terminal.said(/type this code: (\S+)/)
  await page.goto(address)
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByRole('heading', { name: 'Let Command line in?' })).toBeVisible()
  await expect(page.getByText('See where you are signed in')).toBeVisible()
  await page.getByRole('button', { name: button }).click()
}

/** The number under which the program lists a session. */
async function numberOf(terminal: Terminal, current: boolean): Promise<string> {
  await terminal.said(/Which one shall end\?/)
  return terminal.said(current ? /(\d)\. [^\n]*let this program in/ : /(\d)\. [^\n]*Z\n/)
}

test(
  'it lists sessions and ends the one it was let in',
  asvs('ASVS4-3.5.2', 'FLUID-R357', '10.3.5'),
  async ({ alice, terminal, server }) => {
    const id = await alice.sessionId()
    await answer(alice, terminal, 'Allow')
    terminal.type(await numberOf(terminal, true))
    await terminal.said(/Ended: Chrome on Linux/)
    expect(await terminal.exit).toBe(0)
    expect(server.endedRow(id)).toMatchObject({ ended_by: 'the application Command line' })
  },
)

test(
  'any other session it cannot end, and what it was given it gives back',
  asvs('NIST63B4-5.1.2', '10.4.9'),
  async ({ alice, terminal, server }) => {
    const phone = await alice.anotherBrowser('safari-iphone')
    await phone.begin()
    await answer(alice, terminal, 'Allow')
    const number = await numberOf(terminal, false)
    await alice.page.goto('/account/apps')
    await expect(alice.page.getByRole('listitem', { name: 'Command line' })).toBeVisible()
    terminal.type(number)
    await terminal.said(/Only you can end that one/)
    expect(await terminal.exit).toBe(0)
    expect(server.sessions(alice.email)).toHaveLength(2)
    await alice.page.reload()
    await expect(alice.page.getByText('No application is linked')).toBeVisible()
  },
)

test('what is disconnected meanwhile is out at once', asvs('ASVS4-3.5.1'), async ({ alice, terminal }) => {
  await answer(alice, terminal, 'Allow')
  const number = await numberOf(terminal, true)
  await alice.page.goto('/account/apps')
  await alice.page.getByRole('button', { name: 'Disconnect Command line' }).click()
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Disconnect', exact: true }).click()
  await expect(alice.page.getByText('Command line is disconnected.')).toBeVisible()
  terminal.type(number)
  await terminal.said(/That did not work/)
  expect(await terminal.exit).toBe(1)
  expect(await alice.isSignedIn()).toBe(true)
})

test('a person who says no has let nobody in', asvs('10.7.1'), async ({ alice, terminal, server }) => {
  await answer(alice, terminal, 'Cancel')
  await terminal.said(/access_denied/)
  expect(await terminal.exit).toBe(1)
  expect(
    server.db.prepare('select count(*) as n from grants where user_id = ?').get((await alice.row()).user_id),
  ).toEqual({
    n: 0,
  })
})
