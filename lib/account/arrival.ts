import 'server-only'
import { carriedLink, carryLink } from '#lib/authentication/browser-secret.ts'
import type { Cookie } from '#lib/http/cookies.ts'

/**
 * Where mailed links arrive. What opens something leaves the address bar before any page is made: it goes into the
 * browser's sealed cookie, and the browser to the bare address. So it stands in no history that is synchronised, no
 * `Referer`, no page; and programs that look at links before people do change nothing.
 * @see ASVS v5.0.0-14.2.1, v5.0.0-3.5.3
 */
const LINK_PAGES = {
  'reset-password': tokenIn,
  'confirm-email': tokenIn,
  'undo-email': noticeIn,
  'not-me': noticeIn,
} as const satisfies Record<string, (query: Query) => string | undefined>

export type LinkPage = keyof typeof LINK_PAGES

/** Values that stand in the query once. */
interface Query {
  readonly token: string | null
  readonly event: string | null
  readonly proof: string | null
}

/** As `mailed-link.ts` makes it. */
const TOKEN = /^[\w-]{43}$/
const NOTICE = /^[1-9]\d{0,14}\.[\w-]{43}$/

function tokenIn({ token }: Query): string | undefined {
  return TOKEN.exec(token ?? '')?.[0]
}

function noticeIn({ event, proof }: Query): string | undefined {
  return NOTICE.exec(`${event}.${proof}`)?.[0]
}

export interface Arrival {
  readonly path: string
  readonly cookie: Cookie
}

/** Null: nothing of the kind. What is malformed takes the place of what was carried before, as any newer link does. */
export async function arrivalAt(
  pathname: string,
  params: URLSearchParams,
  cookieHeader: string | null,
): Promise<Arrival | null> {
  const page = linkPage(pathname)
  if (!page || !['token', 'event', 'proof'].some((name) => params.has(name))) return null
  const brought = LINK_PAGES[page]({
    token: once(params, 'token'),
    event: once(params, 'event'),
    proof: once(params, 'proof'),
  })
  return { path: pathname, cookie: await carryTo(page, brought ?? null, cookieHeader) }
}

function linkPage(pathname: string): LinkPage | null {
  const name = pathname.slice(1)
  return Object.hasOwn(LINK_PAGES, name) ? (name as LinkPage) : null
}

function once(params: URLSearchParams, name: string): string | null {
  const [value = null, ...more] = params.getAll(name)
  return more.length === 0 ? value : null
}

/** Says that what a link was for has been done. No link can carry it: it is no token. */
const DONE = 'done'

export interface Arrived {
  /** What the link brought; null when there is none. */
  readonly link: string | null
  /** In this browser it has just been used. */
  readonly done: boolean
}

export async function arrived(page: LinkPage, cookieHeader: string | null): Promise<Arrived> {
  const brought = await broughtTo(page, cookieHeader)
  return { link: brought === DONE ? null : brought, done: brought === DONE }
}

/** The link has been used, or was good for nothing: from here on the page says which. */
export function finished(page: LinkPage, done: boolean, cookieHeader: string | null): Promise<Cookie> {
  return carryTo(page, done ? DONE : null, cookieHeader)
}

/** What this browser brought to a page, or null. For each page one, so that a link pushes out no other page's. */
async function broughtTo(page: LinkPage, cookieHeader: string | null): Promise<string | null> {
  return new URLSearchParams((await carriedLink(cookieHeader)) ?? '').get(page)
}

/** Gives the browser something to carry to a page; null takes away what it has. */
async function carryTo(page: LinkPage, value: string | null, cookieHeader: string | null): Promise<Cookie> {
  const all = new URLSearchParams((await carriedLink(cookieHeader)) ?? '')
  if (value === null) all.delete(page)
  else all.set(page, value)
  const { cookie } = await carryLink(cookieHeader, all.size === 0 ? null : all.toString())
  return cookie
}
