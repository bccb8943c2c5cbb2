import { test as base, expect } from '@playwright/test'
import type { Message } from './compose.ts'
import { received } from './testing/received.ts'
import { type MailServer, type Manner, startMailServer } from './testing/smtp.ts'
import { smtpOptions, smtpTransport } from './transport.ts'

const MESSAGE: Message = {
  messageId: '<1.2.3@signet.example.org>',
  from: '"Signet" <signet@example.org>',
  to: 'alice@example.org',
  date: new Date('2026-01-01T12:00:00Z'),
  subject: 'Your password was changed',
  text: 'Hello Zoë,\n',
  html: '<p>Hello Zoë,</p>\n',
  name: '1',
}
const never = new AbortController().signal

const test = base.extend<{ server: MailServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  server: async ({}, use) => {
    const server = await startMailServer()
    await use(server)
    await server.stop()
  },
})

const transportTo = ({ port }: MailServer, timeouts?: { step: number; whole: number }) =>
  smtpTransport(`smtp://127.0.0.1:${port}`, timeouts)

test('a message arrives as it was written, and says that nobody is to answer it', async ({ server }) => {
  expect(await transportTo(server)(MESSAGE, never)).toEqual({ outcome: 'accepted' })
  const { headers, text, html } = received(server.messages[0] ?? '')
  expect(text).toBe(MESSAGE.text)
  expect(html).toBe(MESSAGE.html)
  expect(Object.fromEntries(headers)).toMatchObject({
    from: ['Signet <signet@example.org>'],
    to: ['alice@example.org'],
    subject: [MESSAGE.subject],
    'message-id': [MESSAGE.messageId],
    date: ['Thu, 01 Jan 2026 12:00:00 +0000'],
    'auto-submitted': ['auto-generated'],
  })
  expect(headers.has('x-mailer')).toBe(false)
})

const ANSWERS: [Manner, 'refused' | 'failed', RegExp][] = [
  [{ recipient: 450 }, 'failed', /^450 EENVELOPE RCPT TO$/],
  [{ recipient: 421 }, 'failed', /^421 /],
  [{ recipient: 530 }, 'failed', /^530 /],
  [{ recipient: 550 }, 'refused', /^550 EENVELOPE RCPT TO$/],
  [{ message: 451 }, 'failed', /^451 EMESSAGE DATA$/],
  [{ message: 554 }, 'refused', /^554 EMESSAGE DATA$/],
  ['die in the middle', 'failed', /ECONNECTION|ESOCKET/],
  ['lose the answer', 'failed', /ECONNECTION|ESOCKET/],
]

for (const [manner, outcome, why] of ANSWERS) {
  test(`a server that answers ${JSON.stringify(manner)}: ${outcome}, in codes only`, async ({ server }) => {
    server.manner = () => manner
    const delivery = await transportTo(server)(MESSAGE, never)
    expect(delivery).toMatchObject({ outcome, why: expect.stringMatching(why) })
    expect(JSON.stringify(delivery)).not.toContain('@')
  })
}

test('a server that does not answer is given up', async ({ server }) => {
  server.manner = () => 'hang'
  expect(await transportTo(server, { step: 0.05, whole: 5 })(MESSAGE, never)).toMatchObject({ outcome: 'failed' })
  expect(await transportTo(server, { step: 5, whole: 0.05 })(MESSAGE, never)).toMatchObject({ outcome: 'failed' })
})

test('a delivery under way can be cut off', async ({ server }) => {
  server.manner = () => 'hang'
  const cut = new AbortController()
  const delivery = transportTo(server)(MESSAGE, cut.signal)
  await server.hanging
  cut.abort()
  expect(await delivery).toMatchObject({ outcome: 'failed', why: 'EABORT' })
})

test('nobody there is no refusal', async ({ server }) => {
  await server.stop()
  expect(await transportTo(server)(MESSAGE, never)).toMatchObject({ outcome: 'failed' })
})

test('a recipient who is more than one address, or a header, is nobody', async ({ server }) => {
  const deliver = transportTo(server)
  for (const to of [
    'alice@example.org\r\nBcc: mallory@example.org',
    'alice@example.org\nRCPT TO:<mallory@example.org>',
    'alice@example.org, mallory@example.org',
    'alice@example.org> SIZE=1 <mallory@example.org',
    '"alice\r\n"@example.org',
    'alice',
    '',
  ]) {
    expect(await deliver({ ...MESSAGE, to }, never), to).toEqual({ outcome: 'refused', why: 'not an address' })
  }
  expect(server.messages).toEqual([])
})

test('no text of ours can add a header', async ({ server }) => {
  const hostile = 'x\r\nBcc: mallory@example.org\r\n\r\nX-Evil: 1'
  await transportTo(server)({ ...MESSAGE, subject: hostile, messageId: `<1${hostile}@x>` }, never)
  const { headers } = received(server.messages[0] ?? '')
  expect([...headers.keys()].filter((name) => /bcc|evil/.test(name))).toEqual([])
})

test('a wrong password is no verdict on the mail, and is not repeated', async () => {
  const server = await startMailServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (_auth, _session, callback) =>
      callback(Object.assign(new Error('hunter2 is wrong'), { responseCode: 535 })),
  })
  const delivery = await smtpTransport(`smtp://me:hunter2@127.0.0.1:${server.port}`)(MESSAGE, never)
  await server.stop()
  expect(delivery).toMatchObject({ outcome: 'failed', why: expect.stringMatching(/^535 EAUTH/) })
  expect(JSON.stringify(delivery)).not.toContain('hunter2')
})

test('user and password arrive as they were meant', async () => {
  const given: unknown[] = []
  const server = await startMailServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, callback) => {
      given.push([username, password])
      callback(null, { user: 'me' })
    },
  })
  const url = `smtp://me%40example.org:p%3A%2F%25w@127.0.0.1:${server.port}`
  expect(await smtpTransport(url)(MESSAGE, never)).toEqual({ outcome: 'accepted' })
  await server.stop()
  expect(given).toEqual([['me@example.org', 'p:/%w']])
})

test('v5.0.0-12.3.2: a certificate that nobody signed ends the conversation before the mail', async () => {
  const server = await startMailServer({ secure: true, disabledCommands: ['AUTH'] })
  const delivery = await smtpTransport(`smtps://127.0.0.1:${server.port}`)(MESSAGE, never)
  await server.stop()
  expect(delivery).toMatchObject({ outcome: 'failed' })
  expect(server.messages).toEqual([])
})

test('v5.0.0-12.3.1: only on this machine may mail go without TLS', () => {
  expect(smtpOptions('smtp://mail.example.org', 1)).toMatchObject({ requireTLS: true, ignoreTLS: false, secure: false })
  expect(smtpOptions('smtps://mail.example.org', 1)).toMatchObject({ secure: true, port: 465 })
  expect(smtpOptions('smtp://localhost:25', 1)).toMatchObject({ requireTLS: false, ignoreTLS: true })
  expect(smtpOptions('smtp://mail.example.org', 1)).not.toHaveProperty('tls')
})
