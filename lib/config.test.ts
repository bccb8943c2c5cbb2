import { expect, test } from '@playwright/test'
import { smtpServer } from './config/mail.ts'
import { type Environment, parseSettings } from './config.ts'

const SECRET = 'q7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeU'
const OTHER = 'Zk5Hn8Dw2Qx7Bv4Mj9Lp3Ry6Tc1Gs0Fa'

function settingsOf(env: Environment) {
  const parsed = parseSettings(env)
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'))
  return parsed.settings
}

function problemsOf(env: Environment): readonly string[] {
  const parsed = parseSettings(env)
  return 'problems' in parsed ? parsed.problems : []
}

test('nothing set is the level 2 preset on http://localhost:3000', () => {
  const { origin, host, port, level, policy, sessionLimit, secureOrigin, trustedProxies } = settingsOf({})
  expect({ origin, host, port, level, secureOrigin, trustedProxies }).toEqual({
    origin: 'http://localhost:3000',
    host: '127.0.0.1',
    port: 3000,
    level: 2,
    secureOrigin: false,
    trustedProxies: null,
  })
  expect(policy.ordinary).toEqual({ inactivityTimeout: 900, absoluteLifetime: 28_800 })
  expect(policy.remembered).toBeNull()
  expect(policy.idleWarning).toBe(120)
  expect(sessionLimit).toEqual({ most: 10, action: 'end-oldest' })
})

test('settings are frozen to the last part', () => {
  const settings = settingsOf({ TRUSTED_PROXIES: '10.0.0.1' })
  expect(Object.isFrozen(settings)).toBe(true)
  expect(Object.isFrozen(settings.policy.ordinary)).toBe(true)
})

test('an empty setting is none', () => {
  expect(settingsOf({ PORT: ' ', SESSION_KEYS: '' }).port).toBe(3000)
})

test('PORT feeds the default origin', () => {
  expect(settingsOf({ PORT: '4100' }).origin).toBe('http://localhost:4100')
})

test('the ceiling of level 2 allows 30m of inactivity and refuses a second more', () => {
  expect(settingsOf({ SESSION_IDLE_TIMEOUT: '30m' }).policy.ordinary.inactivityTimeout).toBe(1800)
  expect(problemsOf({ SESSION_IDLE_TIMEOUT: '1801s' })).toHaveLength(1)
  expect(problemsOf({ SESSION_IDLE_TIMEOUT: '45m' })).toEqual([
    'SESSION_IDLE_TIMEOUT=45m is above the ceiling of level 2 (30m). Set 30m or less, or ASSURANCE_LEVEL=1.',
  ])
})

test('a ceiling names only a level that would do', () => {
  expect(problemsOf({ SESSION_IDLE_TIMEOUT: '20m', ASSURANCE_LEVEL: '3' })[0]).toContain('or ASSURANCE_LEVEL=2.')
  expect(problemsOf({ SESSION_ABSOLUTE_TIMEOUT: '31d', ASSURANCE_LEVEL: '1' })).toEqual([
    'SESSION_ABSOLUTE_TIMEOUT=31d is above the ceiling of level 1 (30d). Set 30d or less.',
  ])
  expect(settingsOf({ SESSION_ABSOLUTE_TIMEOUT: '30d', ASSURANCE_LEVEL: '1' }).level).toBe(1)
})

test('what is not set follows from what is', () => {
  const { policy } = settingsOf({ SESSION_ABSOLUTE_TIMEOUT: '9s', SESSION_RENEWAL_INTERVAL: '4s' })
  expect(policy.ordinary).toEqual({ inactivityTimeout: 9, absoluteLifetime: 9 })
  expect(policy.renewalGrace).toBe(2)
  expect(policy.idleWarning).toBe(3)
})

test('a grace of half the renewal interval is allowed, more is not', () => {
  const interval = { SESSION_RENEWAL_INTERVAL: '60s' }
  expect(settingsOf({ ...interval, SESSION_RENEWAL_GRACE: '30s' }).policy.renewalGrace).toBe(30)
  expect(problemsOf({ ...interval, SESSION_RENEWAL_GRACE: '31s' })[0]).toContain('Set 30s or less')
})

test('the warning opens before the end, and inactivity ends before the lifetime', () => {
  expect(settingsOf({ SESSION_IDLE_TIMEOUT: '10s', IDLE_WARNING: '9s' }).policy.idleWarning).toBe(9)
  expect(problemsOf({ SESSION_IDLE_TIMEOUT: '10s', IDLE_WARNING: '10s' })).toHaveLength(1)
  expect(problemsOf({ SESSION_IDLE_TIMEOUT: '10m', SESSION_ABSOLUTE_TIMEOUT: '10m' })).toEqual([])
  expect(problemsOf({ SESSION_IDLE_TIMEOUT: '11m', SESSION_ABSOLUTE_TIMEOUT: '10m' })).toHaveLength(1)
})

test('all wrong settings are named at once, each with its remedy', () => {
  const problems = problemsOf({
    APP_ORIGIN: 'https://signet.example.org/app',
    ASSURANCE_LEVEL: '4',
    SESSION_IDLE_TIMEOUT: '15',
    SESSION_LIMIT: '0',
    SESSION_LIMIT_ACTION: 'drop',
    TRUSTED_PROXIES: '10.0.0.0/8,proxy',
    PORT: '70000',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://app:hunter2@db/app',
  })
  const names = problems.map((problem) => problem.split(/[= ]/)[0])
  expect(names.toSorted()).toEqual([
    'APP_ORIGIN',
    'ASSURANCE_LEVEL',
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'SESSION_IDLE_TIMEOUT',
    'SESSION_LIMIT',
    'SESSION_LIMIT_ACTION',
    'TRUSTED_PROXIES',
  ])
  for (const problem of problems) expect(problem).toMatch(/\. Set .+\.$/)
  expect(problems.join()).not.toContain('hunter2')
})

test('an origin is made canonical', () => {
  expect(settingsOf({ APP_ORIGIN: 'HTTP://LocalHost:80/' }).origin).toBe('http://localhost')
  for (const wrong of ['signet.example.org', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example/?x']) {
    expect(problemsOf({ APP_ORIGIN: wrong }), wrong).toHaveLength(1)
  }
})

test('only https away from loopback is a secure origin', () => {
  const secure = (APP_ORIGIN: string) => settingsOf({ APP_ORIGIN }).secureOrigin
  expect(secure('https://signet.example.org')).toBe(true)
  for (const origin of [
    'http://signet.example.org',
    'https://localhost:3000',
    'https://127.0.0.2',
    'https://[::1]:8',
  ]) {
    expect(secure(origin), origin).toBe(false)
  }
})

test('proxies are a number of hops or addresses', () => {
  const proxies = (TRUSTED_PROXIES: string) => settingsOf({ TRUSTED_PROXIES }).trustedProxies
  expect(proxies('0')).toBeNull()
  expect(proxies('2')).toEqual({ hops: 2 })
  expect(proxies('10.0.0.7, fd00::/8')).toEqual({ addresses: ['10.0.0.7', 'fd00::/8'] })
  for (const wrong of ['17', '10.0.0.7,', '10.0.0.0/33', '-1']) {
    expect(problemsOf({ TRUSTED_PROXIES: wrong }), wrong).toHaveLength(1)
  }
})

test('keys are demanded only in production on a public origin', () => {
  const site = { APP_ORIGIN: 'https://signet.example.org', NODE_ENV: 'production' }
  expect(problemsOf(site)[0]).toMatch(/^SESSION_KEYS is missing/)
  expect(problemsOf({ ...site, APP_ORIGIN: 'http://localhost:3000' })).toEqual([])
  expect(problemsOf({ ...site, NODE_ENV: 'development' })).toEqual([])
  expect(problemsOf({ ...site, SESSION_KEYS: `a:${SECRET}` })).toEqual([])
  expect(problemsOf({ ...site, SESSION_KEYS_FILE: '/run/keys' })).toEqual([])
  expect(problemsOf({ SESSION_KEYS: `a:${SECRET}`, SESSION_KEYS_FILE: '/run/keys' })).toHaveLength(1)
})

test('weak, doubled and misshapen keys are refused, and no secret is repeated', () => {
  const wrong: Record<string, string> = {
    'shorter than 32': `a:${SECRET.slice(1)}`,
    'repeats a few': `a:${'ab'.repeat(20)}`,
    'repeats itself': `a:${'abcdXY12'.repeat(4)}`,
    sample: 'a:complex_password_at_least_32_characters_long',
    sequence: 'a:abcdefghijklmnopqrstuvwxyz0123456789',
    'without an id': SECRET,
    'not a word': `a b:${SECRET}`,
    'with one id': `a:${SECRET},a:${OTHER}`,
    'with one secret': `a:${SECRET},b:${SECRET}`,
    'no key': ',',
  }
  for (const [reason, SESSION_KEYS] of Object.entries(wrong)) {
    const problems = problemsOf({ SESSION_KEYS })
    expect(problems, reason).toHaveLength(1)
    expect(problems[0]).toContain(reason)
    expect(problems[0]).not.toContain(SECRET.slice(1))
  }
  expect(settingsOf({ SESSION_KEYS: `2026-b:${SECRET},2026-a:${OTHER}` }).keys.env).toContain(SECRET)
})

test('without a mail server, mail is from signet@localhost', () => {
  expect(settingsOf({}).mail).toEqual({ smtpUrl: null, from: '"Signet" <signet@localhost>' })
})

test('a mail server asks for a sender', () => {
  const SMTP_URL = 'smtps://me%40example.org:hunter2@mail.example.org'
  expect(settingsOf({ SMTP_URL, MAIL_FROM: 'Signet <signet@example.org>' }).mail).toEqual({
    smtpUrl: SMTP_URL,
    from: '"Signet" <signet@example.org>',
  })
  const problems = problemsOf({ SMTP_URL })
  expect(problems).toEqual(['MAIL_FROM is missing, and SMTP_URL is set. Set MAIL_FROM="Signet <signet@example.org>".'])
  expect(problems.join()).not.toContain('hunter2')
})

test('a sender is one address, with or without a name', () => {
  const from = (MAIL_FROM: string) => settingsOf({ MAIL_FROM }).mail.from
  expect(from('signet@mail.internal')).toBe('signet@mail.internal')
  expect(from('<signet@example.org>')).toBe('signet@example.org')
  expect(from('"Signet, Inc." <signet@example.org>')).toBe('"Signet, Inc." <signet@example.org>')
  for (const wrong of [
    'signet',
    'a@example.org, b@example.org',
    'Signet <a@example.org>, b@example.org',
    'Signet <a@example.org\r\nBcc: b@example.org>',
    'Si\ngnet <a@example.org>',
    'Signet "x" <a@example.org>',
    'a b@example.org',
  ]) {
    expect(problemsOf({ MAIL_FROM: wrong }), wrong).toHaveLength(1)
  }
})

test('a mail server is host and port, and no option slips in; its password is not repeated', () => {
  const MAIL_FROM = 'signet@example.org'
  for (const wrong of [
    'mail.example.org',
    'http://mail.example.org',
    'smtp://',
    'smtp://me:hunter2@mail.example.org/?ignoreTLS=true',
    'smtp://me:hunter2@mail.example.org/path',
    'smtp://me@mail.example.org',
    'smtp://:hunter2@mail.example.org',
    'smtp://me:hunter2%@mail.example.org',
  ]) {
    const problems = problemsOf({ SMTP_URL: wrong, MAIL_FROM })
    expect(problems, wrong).toHaveLength(1)
    expect(problems[0]).toMatch(/^SMTP_URL .+ Set .+\.$/)
    expect(problems[0]).not.toContain('hunter2')
  }
})

test('only a mail server on this machine may do without TLS', () => {
  expect(smtpServer('smtp://me%40example.org:p%3Aw@mail.example.org')).toEqual({
    host: 'mail.example.org',
    port: 587,
    secure: false,
    local: false,
    auth: { user: 'me@example.org', pass: 'p:w' },
  })
  expect(smtpServer('smtps://mail.example.org')).toMatchObject({ port: 465, secure: true, local: false, auth: null })
  expect(smtpServer('smtp://localhost:1025')).toMatchObject({ host: 'localhost', port: 1025, local: true })
  expect(smtpServer('smtp://127.0.0.1:25')).toMatchObject({ host: '127.0.0.1', local: true })
  expect(smtpServer('smtp://[::1]:25')).toMatchObject({ host: '::1', local: true })
  expect(smtpServer('smtp://localhost.example.org')).toMatchObject({ local: false })
})
