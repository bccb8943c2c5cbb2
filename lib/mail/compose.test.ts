import { expect, test } from '@playwright/test'
import type { EventKind, Mail, SecurityEvent, User } from '#db/contract.ts'
import { recipients } from '#db/notices.ts'
import { EVENT_LABELS, eventSentence } from '#lib/audit/sentences.ts'
import { settings } from '#lib/config.ts'
import { secondsAfter } from '#lib/time.ts'
import { compose } from './compose.ts'
import { isNoticeProof, sealForMail } from './links.ts'
import { eventAt } from './testing/outbox.ts'
import { LINK_LIFETIME } from './words.ts'

process.env.SESSION_KEYS ||= 'mails:a-key-for-mails-only-0123456789-abcdefghijklm'

const NOON = new Date('2026-01-01T12:00:00Z')
const ALICE = { id: 'u', name: 'Alice', email: 'alice@example.org' }
const ACCOUNT = { ...ALICE, deletedAt: null, formerEmail: null, formerEmailUntil: null } as User

function mailOf(event: Partial<SecurityEvent>, other: Partial<Mail> = {}): Mail {
  return { id: 7, to: ALICE.email, event: eventAt(NOON, event), user: ALICE, sealed: null, failures: 0, ...other }
}

function composed(event: Partial<SecurityEvent>, other: Partial<Mail> = {}, at = NOON) {
  const message = compose(mailOf(event, other), at)
  if (!message) throw new Error('nothing to say')
  return message
}

/** Every event of which mail tells, in each of its readings. */
const TOLD: readonly Partial<SecurityEvent>[] = [
  { kind: 'signed-in', detail: { newDevice: 'true', method: 'pwd' } },
  { kind: 'session-ended', detail: { reason: 'limit' } },
  { kind: 'session-ended', detail: { reason: 'administrator' } },
  ...['ended', 'locked', 'asked'].map((done) => ({ kind: 'circumstances-changed', detail: { done } }) as const),
  ...(Object.keys(EVENT_LABELS) as EventKind[])
    .filter((kind) => recipients(eventAt(NOON, { kind, detail: { to: 'new@example.org' } }), ACCOUNT, NOON).length > 0)
    .map((kind) => ({ kind })),
]

const urls = (text: string) => text.match(/https?:\/\/[^\s"<]+/g) ?? []
const hrefs = (html: string) =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, url = '']) => url.replaceAll('&amp;', '&'))

for (const event of TOLD) {
  test(`${event.kind} ${JSON.stringify(event.detail ?? {})} is told alike in text and HTML`, () => {
    const { text, html, subject } = composed(event, { sealed: sealForMail('token') })
    const what = eventSentence(eventAt(NOON, event))
    for (const part of [text, html]) {
      expect(part).toContain('1 Jan 2026, 12:00 UTC')
      if (event.kind !== 'email-change-requested') expect(part.replaceAll('&#39;', "'")).toContain(what)
      expect(part).not.toMatch(/undefined|null|\[object/)
      expect(part).toContain(subject)
    }
    expect(urls(text)).toEqual(hrefs(html))
    expect(urls(text).length).toBeLessThanOrEqual(1)
    // Nothing is loaded: no picture, no style sheet, no script.
    expect(html).not.toMatch(/src=|<img|<link|<script|url\(|@import/i)
  })
}

const linkOf = (event: Partial<SecurityEvent>, other: Partial<Mail> = {}, at = NOON) =>
  urls(composed(event, other, at).text)[0]

test('what a thief might have done carries a link that proves itself', () => {
  const { origin } = settings()
  const link = new URL(linkOf({ kind: 'password-changed', seq: 41 }) ?? '')
  expect(link.origin + link.pathname).toBe(`${origin}/not-me`)
  expect(link.searchParams.get('event')).toBe('41')
  expect(isNoticeProof(link.searchParams.get('proof'), { seq: 41, purpose: 'not-me', to: ALICE.email })).toBe(true)
})

test('the former address can undo a change; the new one cannot', () => {
  const event = { kind: 'email-changed', seq: 42, detail: { from: 'old@example.org', to: ALICE.email } } as const
  const link = new URL(linkOf(event, { to: 'old@example.org' }) ?? '')
  expect(link.pathname).toBe('/undo-email')
  expect(isNoticeProof(link.searchParams.get('proof'), { seq: 42, purpose: 'undo-email', to: 'old@example.org' })).toBe(
    true,
  )
  expect(linkOf(event)).toBeUndefined()
  // However often the address has changed before the mail goes.
  const moved = { user: { ...ALICE, email: 'newest@example.org' } }
  expect(linkOf(event, moved)).toBeUndefined()
  expect(composed(event, { to: 'old@example.org', ...moved }).text).toContain('Your account has another address now')
})

test('a former address is told why it still gets notices', () => {
  const { text } = composed({ kind: 'password-changed' }, { to: 'old@example.org' })
  expect(text).toContain('until lately')
  expect(text.replaceAll('\n', ' ')).toContain('If you did not change the address either, undo that first')
  expect(composed({ kind: 'password-changed' }).text).not.toContain('until lately')
})

test('a new address learns nothing of the account that asks for it', () => {
  const event = { kind: 'email-change-requested', detail: { from: ALICE.email, to: 'bob@example.org' } } as const
  const { text, html } = composed(event, { to: 'bob@example.org', sealed: sealForMail('a-token') })
  expect(urls(text)).toEqual([`${settings().origin}/confirm-email?token=a-token`])
  for (const part of [text, html]) expect(part).not.toMatch(/Alice|alice@/)
})

test('whose address is asked for by another account is told so, without a link', () => {
  const event = { kind: 'email-change-requested', detail: { to: 'bob@example.org' } } as const
  const { text, html, subject } = composed(event, { to: 'bob@example.org', sealed: null })
  expect(subject).toContain('Your address was entered for another account')
  expect(urls(text)).toEqual([])
  for (const part of [text, html]) expect(part).not.toMatch(/Alice|alice@/)
})

test('a link goes with its mail as long as it works, and then the mail says how to get another', () => {
  const { origin } = settings()
  const sealed = sealForMail('a token/with+signs')
  const reset = { kind: 'reset-requested' } as const
  const justInTime = secondsAfter(NOON, LINK_LIFETIME - 1)
  const tooLate = secondsAfter(NOON, LINK_LIFETIME)
  expect(linkOf(reset, { sealed }, justInTime)).toBe(`${origin}/reset-password?token=a%20token%2Fwith%2Bsigns`)
  expect(linkOf(reset, { sealed }, tooLate)).toBe(`${origin}/forgot-password`)
  expect(linkOf(reset, { sealed: 'sealed-with-a-key-that-is-gone' })).toBe(`${origin}/forgot-password`)
  const confirm = { kind: 'email-change-requested', detail: { to: ALICE.email } } as const
  expect(linkOf(confirm, { sealed }, tooLate)).toBeUndefined()
})

test('a secret stands in no subject, no name of a file and no Message-ID', () => {
  const message = composed({ kind: 'reset-requested' }, { sealed: sealForMail('a-token') })
  const { text, html, ...rest } = message
  expect(text).toContain('a-token')
  expect(html).toContain('a-token')
  expect(JSON.stringify(rest)).not.toContain('a-token')
})

test('names and devices can neither inject, nor deceive, nor be clicked', () => {
  const hostile = 'Al"><img src=x>\r\nBcc: m@evil.example\u202e http://evil.example/\'&'
  const user = { ...ALICE, name: hostile }
  const event = { kind: 'passkey-added', device: hostile, place: hostile, detail: { name: hostile } } as const
  const { text, html, subject, messageId } = composed(event, { user })
  expect(html).not.toContain('<img')
  expect(html).toContain('&lt;img src=x&gt;')
  for (const part of [text, html]) {
    expect(part).not.toMatch(/evil\.example|http:\/\/evil|m@evil|\u202e/)
    expect(part.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([])
  }
  expect(`${subject}${messageId}`).not.toMatch(/evil|[\r\n]/)
  expect(urls(text)).toHaveLength(1)
})

test('a name as long as a book is cut; none is no name', () => {
  expect(composed({}, { user: { ...ALICE, name: '👩‍👩‍👧'.repeat(1000) } }).text.length).toBeLessThan(2000)
  expect(composed({}, { user: { ...ALICE, name: '' } }).text).toContain('Hello,\n')
  expect(composed({}, { user: { ...ALICE, name: 'J. R. Ó Briain' } }).text).toContain('Hello J. R. Ó Briain,\n')
})

test('what is not known is said', () => {
  const { text } = composed({ device: null, place: null })
  expect(text).toContain('Device: Unknown')
  expect(text).toContain('Place:  Unknown')
})

test('an administrator’s device is nobody else’s business', () => {
  const { text } = composed({ kind: 'account-disabled' })
  expect(text).not.toMatch(/Firefox|Lyon/)
})

test('whose authenticators were removed is told what still signs in, whether there is a password or not', () => {
  const text = composed({ kind: 'factors-removed' }).text.replace(/\s+/g, ' ')
  expect(text).toContain('A password and linked accounts elsewhere stay as they were')
  expect(text).not.toMatch(/alone signs in|change your password/)
})

test('a session that was ended for another may have been picked', () => {
  const text = composed({ kind: 'session-ended', detail: { reason: 'limit' } }).text.replace(/\s+/g, ' ')
  expect(text).toContain('whoever signed in has picked it, or it had not been used for longest')
})

test('of what no mail tells there is none', () => {
  expect(compose(mailOf({ kind: 'profile-changed' }), NOON)).toBeNull()
  expect(compose(mailOf({ kind: 'constructor' as EventKind }), NOON)).toBeNull()
})

test('a mail sent again has the same Message-ID; another one has another', () => {
  const id = (mail: Mail) => compose(mail, secondsAfter(NOON, 60))?.messageId
  expect(id(mailOf({}))).toBe(composed({}).messageId)
  expect(id({ ...mailOf({}), id: 8 })).not.toBe(composed({}).messageId)
  expect(id(mailOf({ at: secondsAfter(NOON, 1) }))).not.toBe(composed({}).messageId)
})
