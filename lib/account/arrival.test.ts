import { expect, test } from '@playwright/test'
import { SIGN_IN_COOKIE } from '#lib/http/cookies.ts'
import { arrivalAt, arrived, finished } from './arrival.ts'

process.env.SESSION_KEYS ||= 'arrivals:a-key-for-arrivals-only-0123456789-abcdefghij'

const TOKEN = 'T'.repeat(43)
const sent = ({ value }: { readonly value: string }) => `${SIGN_IN_COOKIE}=${value}`
const arrive = (url: string, cookies: string | null = null) => {
  const { pathname, searchParams } = new URL(url, 'http://own.invalid')
  return arrivalAt(pathname, searchParams, cookies)
}

for (const [url, carried] of [
  [`/reset-password?token=${TOKEN}`, TOKEN],
  [`/confirm-email?token=${TOKEN}&utm=x`, TOKEN],
  [`/not-me?event=12&proof=${TOKEN}`, `12.${TOKEN}`],
  [`/undo-email?proof=${TOKEN}&event=12`, `12.${TOKEN}`],
] as const) {
  test(`what ${url.slice(0, 24)} brings goes into the cookie, and the address is bare`, async () => {
    const arrival = await arrive(url)
    const page = url.slice(1, url.indexOf('?')) as 'not-me'
    expect(arrival?.path).toBe(`/${page}`)
    expect(arrival?.cookie.value).not.toContain(TOKEN)
    expect(await arrived(page, sent(arrival?.cookie ?? { value: '' }))).toEqual({ link: carried, done: false })
  })
}

test('other addresses, and pages without anything brought, are left alone', async () => {
  const urls = ['/reset-password', '/reset-password?x=1', `/sign-in?token=${TOKEN}`, `/?token=${TOKEN}`]
  for (const url of [...urls, `/toString?token=${TOKEN}`, `/reset-password/x?token=${TOKEN}`]) {
    expect(await arrive(url), url).toBeNull()
  }
})

test('what is malformed or said twice brings nothing, and takes the place of what was there', async () => {
  const good = sent((await arrive(`/reset-password?token=${TOKEN}`))?.cookie ?? { value: '' })
  const bad = [
    'token=',
    'token=done',
    `token=${TOKEN}x`,
    `token=${TOKEN}&token=${TOKEN}`,
    `token=${TOKEN}%0a`,
    'proof=1',
  ]
  for (const query of bad) {
    const arrival = await arrive(`/reset-password?${query}`, good)
    expect(await arrived('reset-password', sent(arrival?.cookie ?? { value: '' })), query).toEqual({
      link: null,
      done: false,
    })
  }
  for (const query of [
    `event=x&proof=${TOKEN}`,
    `event=-1&proof=${TOKEN}`,
    `event=01&proof=${TOKEN}`,
    `proof=${TOKEN}`,
    'event=1&proof=x',
  ]) {
    const arrival = await arrive(`/not-me?${query}`)
    expect(await arrived('not-me', sent(arrival?.cookie ?? { value: '' })), query).toEqual({ link: null, done: false })
  }
})

test('a link pushes out no other page’s, and is gone once it is used', async () => {
  const first = sent((await arrive(`/not-me?event=1&proof=${TOKEN}`))?.cookie ?? { value: '' })
  const both = sent((await arrive(`/reset-password?token=${TOKEN}`, first))?.cookie ?? { value: '' })
  expect((await arrived('not-me', both)).link).toBe(`1.${TOKEN}`)
  const used = sent(await finished('reset-password', true, both))
  expect(await arrived('reset-password', used)).toEqual({ link: null, done: true })
  expect((await arrived('not-me', used)).link).toBe(`1.${TOKEN}`)
  const failed = sent(await finished('reset-password', false, both))
  expect(await arrived('reset-password', failed)).toEqual({ link: null, done: false })
})
