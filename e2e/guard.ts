import { type BrowserContext, expect, type Request } from '@playwright/test'
import { wrongs } from './set-cookie.ts'

/**
 * Watches over every browser of a test: what a page logs as an error, what its policy blocks, what it throws, any
 * request that leaves the app's origin, and any `Set-Cookie` that is not as the inventory says. The test fails on any,
 * unless it said beforehand that it means to provoke it.
 */
export class Guard {
  private readonly origin: string
  private readonly found: string[] = []
  /** An open page that asks whether its session still stands, and hears that it does not, has made no mistake. */
  private readonly allowed: RegExp[] = [/status of 401 .*\/api\/session(?:\/events)?\)$/]
  private readonly pending: Promise<unknown>[] = []

  constructor(origin: string) {
    this.origin = origin
  }

  /** For a test that provokes what would fail it, for example `/status of 403/`. */
  allow(...provoked: readonly RegExp[]): void {
    this.allowed.push(...provoked)
  }

  note(problem: string): void {
    this.found.push(problem)
  }

  async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`policy violated: ${violatedDirective} ${blockedURI}`)
      })
    })
    context.on('console', (message) => {
      if (message.type() === 'error') this.note(`console: ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', (thrown) => this.note(`page error: ${thrown.error().message}`))
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (protocol.startsWith('http') && origin !== this.origin) this.note(`leaves the origin: ${request.url()}`)
    })
    // A request that was cut off has no headers to wait for: what a blocked frame was sent, or an open stream.
    context.on('requestfinished', (request) => this.pending.push(this.checkCookies(request)))
  }

  private async checkCookies(request: Request): Promise<void> {
    const response = await request.response().catch(() => null)
    const all = (await response?.headersArray().catch(() => [])) ?? []
    const lines = all.filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => value)
    for (const wrong of lines.flatMap((line) => line.split('\n')).flatMap(wrongs)) this.note(`cookie: ${wrong}`)
  }

  async verdict(): Promise<void> {
    await Promise.all(this.pending)
    const problems = this.found.filter((problem) => !this.allowed.some((provoked) => provoked.test(problem)))
    expect(problems, 'no console error, policy violation, page error, foreign request or odd cookie').toEqual([])
  }
}
