import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { Store } from '#db/contract.ts'
import { test as base, byLink, DIALECTS, event, signUp } from '#db/testing.ts'
import { LEASE, type Round, roundsOf } from './delivery.ts'
import { sealForMail } from './links.ts'
import { Clock } from './testing/outbox.ts'
import { received } from './testing/received.ts'
import { type MailServer, startMailServer } from './testing/smtp.ts'
import { smtpTransport } from './transport.ts'

process.env.SESSION_KEYS ||= 'mails:a-key-for-mails-only-0123456789-abcdefghijklm'

const never = new AbortController().signal

/** A server process of its own: what it has written to its log, and how it ends. */
interface Sender {
  readonly process: ChildProcess
  readonly logged: string[]
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

interface Fixtures {
  readonly server: MailServer
  readonly dataDir: string
  readonly start: (env?: Record<string, string>) => Promise<Sender>
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  server: async ({}, use) => {
    const server = await startMailServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true, onAuth: anybody })
    await use(server)
    await server.stop()
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  dataDir: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'signet-sender-'))
    await use(dir)
    rmSync(dir, { recursive: true })
  },
  start: async ({ place, server, dataDir }, use) => {
    const senders: Sender[] = []
    const mail = { SMTP_URL: `smtp://me:hunter2@127.0.0.1:${server.port}`, MAIL_FROM: 'Signet <signet@example.org>' }
    await use(async (env = mail) => {
      const sender = await startSender({ DATABASE_URL: place.url, DATA_DIR: dataDir, LOG_LEVEL: 'trace', ...env })
      senders.push(sender)
      return sender
    })
    for (const sender of senders) await sender.end('SIGKILL')
  },
})

function anybody(...[, , callback]: Parameters<NonNullable<Parameters<typeof startMailServer>[0]>['onAuth'] & {}>) {
  callback(null, { user: 'me' })
}

async function startSender(env: Record<string, string>): Promise<Sender> {
  const child = fork(join(process.cwd(), 'lib/mail/testing/sender-process.ts'), [], {
    execArgv: ['--conditions=react-server'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const logged: string[] = []
  child.stdout?.on('data', (chunk) => logged.push(String(chunk)))
  const exit = once(child, 'exit')
  await once(child, 'message')
  return {
    process: child,
    logged,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return (await exit)[0]
    },
  }
}

const notice = (userId: string, device = 'Firefox on Linux') => ({ ...event('password-changed', userId), device })
const recipients = (server: MailServer) =>
  server.messages.map((message) => received(message).headers.get('to')?.[0]).toSorted()

function roundOf(store: Store, { port }: MailServer, clock = () => new Date()): Round {
  const deliver = smtpTransport(`smtp://me:hunter2@127.0.0.1:${port}`)
  return roundsOf({ outbox: () => store.outbox, deliver, clock, log: () => undefined })
}

async function waiting(store: Store): Promise<number> {
  return (await store.outbox.waiting()).count
}

test('an event is told by a server process, and neither address nor secret is in its log', async ({
  store,
  server,
  start,
}) => {
  const userId = await signUp(store, 'alice@example.org')
  await store.events.append({ ...event('reset-requested', userId), sealed: sealForMail('the-token-of-the-link') })
  const sender = await start()
  await expect.poll(() => recipients(server)).toEqual(['alice@example.org'])
  await expect.poll(() => waiting(store)).toBe(0)
  await store.events.append(notice(userId))
  await expect.poll(() => server.messages.length).toBe(2)
  expect(await sender.end('SIGTERM')).toBe(0)
  expect(received(server.messages[0] ?? '').text).toContain('token=the-token-of-the-link')
  expect(sender.logged.join('')).toContain('mail goes to a server')
  expect(sender.logged.join('')).not.toMatch(/alice|hunter2|the-token|proof=/)
})

test('a process that is killed with a mail in its hands leaves it to the next, when the lease is over', async ({
  store,
  place,
  server,
  start,
}) => {
  await store.events.append(notice(await signUp(store, 'alice@example.org')))
  server.manner = () => 'hang'
  const first = await start()
  await server.hanging
  await first.end('SIGKILL')
  server.manner = () => 'accept'
  const second = await start()
  await place.query(`update outbox set due_at = due_at - ${LEASE * 1000}`)
  await expect.poll(() => recipients(server)).toEqual(['alice@example.org'])
  await expect.poll(() => waiting(store)).toBe(0)
  await second.end('SIGTERM')
  expect(server.messages).toHaveLength(1)
})

test('asked to end, a process cuts a delivery that hangs, and the mail waits for the next', async ({
  store,
  server,
  start,
}) => {
  await store.events.append(notice(await signUp(store)))
  server.manner = () => 'hang'
  const sender = await start()
  await server.hanging
  expect(await sender.end('SIGTERM')).toBe(0)
  expect(await waiting(store)).toBe(1)
  expect(server.messages).toEqual([])
})

test('a database that goes away and comes back costs no mail', async ({ store, place, server, start }) => {
  const userId = await signUp(store, 'alice@example.org')
  const sender = await start()
  await place.takeAway()
  await expect.poll(() => sender.logged.join('')).toContain('sending mail is put off')
  await place.bringBack()
  const again = await place.open()
  await again.events.append(notice(userId))
  await expect.poll(() => recipients(server)).toEqual(['alice@example.org'])
  expect(sender.logged.join('').split('sending mail is put off')).toHaveLength(2)
  await sender.end('SIGTERM')
})

test('without a mail server, a process writes files', async ({ store, start, dataDir }) => {
  await store.events.append(notice(await signUp(store, 'alice@example.org')))
  const sender = await start({ SMTP_URL: '', MAIL_FROM: '' })
  const outbox = join(dataDir, 'outbox')
  await expect.poll(() => waiting(store)).toBe(0)
  await sender.end('SIGTERM')
  const [name = '', ...others] = readdirSync(outbox)
  expect(name).toMatch(/^\d{4}-\d\d-\d\dT[\d-]+Z-1\.eml$/)
  expect(others).toEqual([])
  const { headers, text } = received(readFileSync(join(outbox, name), 'utf8'))
  expect(headers.get('to')).toEqual(['alice@example.org'])
  expect(headers.get('from')).toEqual(['Signet <signet@localhost>'])
  expect(text).toContain('Your password was changed')
})

test('a change of address is confirmed at the new one, and can be undone from the old one only', async ({
  store,
  server,
}) => {
  const userId = await signUp(store, 'old@example.org')
  const detail = { from: 'old@example.org', to: 'new@example.org' }
  const { securityVersion = 0 } = (await store.users.find(userId)) ?? {}
  const half = { kind: 'email', secretDigest: Buffer.alloc(32), userId, sessionId: null, securityVersion } as const
  const asked = { ...event('email-change-requested', userId), detail, sealed: sealForMail('a-token') }
  const { id } = await store.pending.begin({ ...half, id: userId, detail: { email: detail.to }, lifetime: 600 }, asked)
  const done = { ...event('email-changed', userId), detail }
  expect(await store.users.change(await byLink(store, userId, id), { kind: 'email-changed' }, done)).toMatchObject({
    outcome: 'changed',
  })
  const round = roundOf(store, server)
  expect(await round(never)).toBe(3)
  const links = server.messages.map((message) => {
    const { headers, text } = received(message)
    return `${headers.get('to')?.[0]} ${/http:\/\/[^/]+(\/[^?\s]+)/.exec(text)?.[1] ?? 'no link'}`
  })
  expect(links.toSorted()).toEqual([
    'new@example.org /confirm-email',
    'new@example.org no link',
    'old@example.org /undo-email',
  ])
})

test('put off, given up and taken on, by the store’s own clock', async ({ place, server }) => {
  const clock = new Clock()
  const store = await place.open({ clock: clock.read })
  const round = roundOf(store, server, clock.read)
  for (const name of ['fine', 'gone', 'busy']) {
    await store.events.append(notice(await signUp(store, `${name}@example.org`)))
  }
  server.manner = (to) => (to.startsWith('fine') ? 'accept' : { recipient: to.startsWith('gone') ? 550 : 450 })
  expect(await round(never)).toBe(3)
  expect(await waiting(store)).toBe(1)
  server.manner = () => 'accept'
  clock.forward(29)
  expect(await round(never)).toBe(0)
  clock.forward(1)
  expect(await round(never)).toBe(1)
  expect(recipients(server)).toEqual(['busy@example.org', 'fine@example.org'])
})

for (const dialect of DIALECTS) {
  test.describe(dialect, () => {
    test.use({ dialect })
    test('two processes on one database send each mail once', async ({ store, server, start }) => {
      const people = await Promise.all(Array.from({ length: 12 }, (_, i) => signUp(store, `user-${i}@example.org`)))
      await Promise.all([start(), start()])
      for (const userId of people) await store.events.append(notice(userId))
      await expect.poll(() => waiting(store)).toBe(0)
      expect(server.messages).toHaveLength(12)
      expect(new Set(recipients(server)).size).toBe(12)
    })
  })
}
