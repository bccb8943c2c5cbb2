import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import type { Message } from './compose.ts'
import { fileTransport, removeOldMail } from './files.ts'
import { received } from './testing/received.ts'

const MESSAGE: Message = {
  messageId: '<1.2.3@localhost>',
  from: '"Signet" <signet@localhost>',
  to: 'alice@example.org',
  date: new Date('2026-01-01T12:00:00Z'),
  subject: 'Choose a new password',
  text: `http://localhost:3000/reset-password?token=${'k'.repeat(43)}\n`,
  html: '<p>Hello</p>\n',
  name: '2026-01-01T12-00-00-000Z-7',
}
const never = new AbortController().signal

const test = base.extend<{ dir: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  dir: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'signet-mail-'))
    await use(dir)
    rmSync(dir, { recursive: true })
  },
})

test('without a server, mail lands in files that nobody else can read', async ({ dir }) => {
  const outbox = join(dir, 'data', 'outbox')
  expect(await fileTransport(outbox)(MESSAGE, never)).toEqual({ outcome: 'accepted' })
  expect(readdirSync(outbox)).toEqual(['2026-01-01T12-00-00-000Z-7.eml'])
  expect(statSync(outbox).mode & 0o777).toBe(0o700)
  const path = join(outbox, `${MESSAGE.name}.eml`)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const raw = readFileSync(path, 'utf8')
  const { headers, text, html } = received(raw)
  expect(headers.get('to')).toEqual([MESSAGE.to])
  expect({ text, html }).toEqual({ text: MESSAGE.text, html: MESSAGE.html })
  expect(raw.split('\r\n'), 'a link stands there as it is').toContain(MESSAGE.text.trim())
  expect(raw).not.toMatch(/[^\r]\n/)
})

test('sent again, it takes its own place; what was left half written does not matter', async ({ dir }) => {
  writeFileSync(join(dir, `${MESSAGE.name}.part`), 'half a mail, longer than the whole one'.repeat(200))
  const deliver = fileTransport(dir)
  await deliver(MESSAGE, never)
  await deliver(MESSAGE, never)
  expect(readdirSync(dir)).toEqual([`${MESSAGE.name}.eml`])
  expect(readFileSync(join(dir, `${MESSAGE.name}.eml`), 'utf8')).not.toContain('half a mail')
})

test('what is older than it may be is removed, and nothing that is somebody else’s', async ({ dir }) => {
  const deliver = fileTransport(dir)
  const [old, fresh] = ['2026-01-01T12-00-00-000Z-7', '2026-01-02T12-00-00-000Z-8']
  for (const name of [old, fresh]) await deliver({ ...MESSAGE, name }, never)
  writeFileSync(join(dir, 'notes.eml'), '')
  writeFileSync(join(dir, `${old}.part`), '')
  const [then, limit] = [new Date('2026-01-01T12:00:00Z'), new Date('2026-01-02T12:00:00Z')]
  for (const name of [`${old}.eml`, `${old}.part`, 'notes.eml']) utimesSync(join(dir, name), then, then)
  utimesSync(join(dir, `${fresh}.eml`), limit, limit)
  expect(await removeOldMail(dir, limit)).toBe(2)
  expect(readdirSync(dir).sort()).toEqual([`${fresh}.eml`, 'notes.eml'])
  expect(await removeOldMail(join(dir, 'absent'), limit)).toBe(0)
})

test('where nothing can be written, mail waits', async ({ dir }) => {
  const file = join(dir, 'outbox')
  writeFileSync(file, '')
  expect(await fileTransport(file)(MESSAGE, never)).toMatchObject({ outcome: 'failed', why: 'EEXIST' })
  chmodSync(file, 0o600)
  expect(existsSync(join(file, `${MESSAGE.name}.eml`))).toBe(false)
})
