import 'server-only'
import { refresh } from 'next/cache'
import { cookies, headers } from 'next/headers'
import type { Cookie } from './cookies.ts'
import { FORM_TOKEN_FIELD, type FormSubject, isFormToken } from './form-token.ts'
import { COOKIELESS_HEADER, type RequestContext, requestContext } from './request-context.ts'

/** A text field of a form; a file or a missing field is an empty text. */
export function text(data: FormData, field: string): string {
  const value = data.get(field)
  return typeof value === 'string' ? value : ''
}

export function checked(data: FormData, field: string): boolean {
  return data.get(field) === 'on'
}

/** Whether the form was made by us for this session, or for this browser. */
export function isOwnForm(data: FormData, subject: FormSubject): boolean {
  return isFormToken(data.get(FORM_TOKEN_FIELD), subject)
}

export async function actionContext(): Promise<RequestContext> {
  return requestContext(await headers())
}

/** What a refused form says: the page was open for long, or the keys have changed. Nothing typed is lost. */
const STALE_FORM = 'This form was out of date. It has been renewed: please press the button again.'

const NO_COOKIE =
  'This browser has kept no cookie of Signet, and without one nobody can sign in. Please try once more. If you read this ' +
  'again, cookies are blocked here, or the address needs https.'

/** The same for forms of people who are not signed in: they may be in a browser that keeps no Secure cookie. */
export async function staleForm(): Promise<string> {
  // The page is made again, with a form that is good: an action's answer alone would leave the old one there.
  refresh()
  return (await headers()).get(COOKIELESS_HEADER) === '1' ? NO_COOKIE : STALE_FORM
}

export async function setCookies(all: readonly Cookie[]): Promise<void> {
  const jar = await cookies()
  for (const each of all) jar.set({ ...each })
}
