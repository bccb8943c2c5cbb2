import { randomBytes } from 'node:crypto'
import {
  type APIRequestContext,
  type APIResponse,
  type Browser,
  type BrowserContext,
  expect,
  type Page,
} from '@playwright/test'
import type { Guard } from './guard.ts'
import type { Row } from './rows.ts'
import type { Server } from './server.ts'
import { checkedCookies } from './set-cookie.ts'

export type BrowserKind = 'chrome-linux' | 'chrome-windows' | 'firefox-linux' | 'safari-mac' | 'safari-iphone'

/** What the browser says it is. The engine is Chromium throughout; the app only ever reads the words. */
const USER_AGENTS: Readonly<Record<BrowserKind, string>> = {
  'chrome-linux':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'chrome-windows':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'firefox-linux': 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'safari-mac':
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'safari-iphone':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
}

/** What the people of a test share. */
export interface World {
  readonly browser: Browser
  readonly server: Server
  readonly guard: Guard
}

export interface Identity {
  readonly name: string
  readonly email: string
  readonly password: string
}

export interface BrowserOptions {
  readonly kind?: BrowserKind
  readonly javaScriptEnabled?: boolean
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** Requests of the JSON API from this person's browser: its cookies, its name, the app's own `Origin`. */
export type Api = Pick<APIRequestContext, 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'fetch'>

/** An identity that nobody had before: tests share a database and never meet. */
export function somebody(name: string): Identity {
  const unique = randomBytes(8).toString('hex')
  return {
    name,
    email: `${name.toLowerCase()}.${unique}@people.example`,
    password: `lantern ${unique} quilt harbour`,
  }
}

/** A person with one browser of their own. */
export class Person {
  readonly name: string
  readonly email: string
  readonly password: string
  readonly context: BrowserContext
  readonly page: Page
  readonly api: Api
  private readonly world: World

  private constructor(world: World, identity: Identity, context: BrowserContext, page: Page) {
    this.world = world
    this.name = identity.name
    this.email = identity.email
    this.password = identity.password
    this.context = context
    this.page = page
    this.api = ownApi(context, world)
  }

  static async arrive(world: World, identity: Identity, options: BrowserOptions = {}): Promise<Person> {
    const { kind = 'chrome-linux', ...others } = options
    const context = await world.browser.newContext({
      baseURL: world.server.origin,
      userAgent: USER_AGENTS[kind],
      ...others,
    })
    await world.guard.watch(context)
    return new Person(world, identity, context, await context.newPage())
  }

  /** The same person at another device: the same account, no cookie yet. */
  anotherBrowser(kind: BrowserKind = 'firefox-linux', options: Omit<BrowserOptions, 'kind'> = {}): Promise<Person> {
    return Person.arrive(this.world, this, { kind, ...options })
  }

  /** Creates the account on the page, as people do, and arrives signed in. */
  async signUp(): Promise<void> {
    await this.page.goto('/sign-up')
    await this.page.getByLabel('Name').fill(this.name)
    await this.page.getByLabel('Email').fill(this.email)
    await this.page.getByLabel('Password', { exact: true }).fill(this.password)
    await this.page.getByRole('button', { name: 'Create account' }).click()
    await expect(this.page).toHaveURL('/account/sessions')
  }

  /** Signs in on the page. */
  async signIn({ password = this.password, remember = false } = {}): Promise<void> {
    await this.page.goto('/sign-in')
    await this.fillSignIn({ password, remember })
    await expect(this.page).toHaveURL('/account/sessions')
  }

  /** Fills and sends the sign-in form that is on the page. */
  async fillSignIn({ email = this.email, password = this.password, remember = false } = {}): Promise<void> {
    await this.page.getByLabel('Email').fill(email)
    await this.page.getByLabel('Password', { exact: true }).fill(password)
    if (remember) await this.page.getByLabel('Keep me signed in').check()
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }

  /** Creates the account through the API: one request, for tests that are about something else. */
  async haveAccount(): Promise<void> {
    const { name, email, password } = this
    const made = await this.api.post('/api/account', { data: { name, email, password } })
    expect(made.status(), await made.text()).toBe(201)
  }

  /** Signs in through the API. */
  async begin({ remember = false } = {}): Promise<void> {
    const { email, password } = this
    const begun = await this.api.post('/api/session', { data: { email, password, remember } })
    expect(begun.status(), await begun.text()).toBe(201)
  }

  /** Presses `Sign out` in the header. */
  async signOut(): Promise<void> {
    const button = this.page.getByRole('banner').getByRole('button', { name: 'Sign out', exact: true })
    if (!(await button.isVisible())) await this.page.goto('/account')
    await button.click()
    await expect(this.page).toHaveURL('/sign-in?reason=signed-out')
  }

  async openSessions(): Promise<void> {
    await this.page.goto('/account/sessions')
    await expect(this.page.getByRole('heading', { name: 'Active sessions', level: 1 })).toBeVisible()
  }

  /** What a thief does: every cookie of the other browser, in this one. */
  async copyCookiesFrom(other: Person): Promise<void> {
    await this.context.addCookies(await other.context.cookies())
  }

  async cookie(name = '__Host-session'): Promise<string | undefined> {
    const all = await this.context.cookies()
    return all.find((each) => each.name === name)?.value
  }

  /** The `Cookie` header as the browser would send it, for requests made by hand. */
  async cookieHeader(): Promise<string> {
    const all = await this.context.cookies()
    return all.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  /** Whether the app takes this browser for signed in. */
  async isSignedIn(): Promise<boolean> {
    return (await this.api.get('/api/session')).ok()
  }

  /** The public id of this browser's session. */
  async sessionId(): Promise<string> {
    const answer = await this.api.get('/api/session')
    expect(answer.status(), `${this.name} is signed in`).toBe(200)
    return ((await answer.json()) as { session: { id: string } }).session.id
  }

  /** The row of this browser's session. */
  async row(): Promise<Row> {
    const row = this.world.server.row(await this.sessionId())
    if (!row) throw new Error(`${this.name} has no live session`)
    return row
  }
}

const CALLS = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'fetch'])

/** Adds the `Origin` that pages of the app would send, and holds every cookie against the inventory. */
function ownApi({ request }: BrowserContext, { server }: World): Api {
  const call = async (method: keyof Api, url: string, options: { headers?: Record<string, string> } = {}) => {
    const headers = { origin: server.origin, ...options.headers }
    const answer: APIResponse = await request[method](url, { ...options, headers })
    const lines = answer.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie')
    checkedCookies(lines.map(({ value }) => value))
    return answer
  }
  return Object.fromEntries(
    [...CALLS].map((method) => [method, call.bind(null, method as keyof Api)]),
  ) as unknown as Api
}
