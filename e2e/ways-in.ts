import { openStream } from './event-stream.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import { checkedCookies } from './set-cookie.ts'

/**
 * The four kinds of door behind sign-in, tried with one `Cookie` header: a page, the API, a
 * server action of a form that was open, the event stream.
 */
export type Answer = Pick<RawAnswer, 'status' | 'headers' | 'cookies' | 'body'>

export type Doors = Readonly<Record<'page' | 'read' | 'change' | 'action' | 'stream', Answer>>

/** Each door, to be tried by itself. A stream that opens is left at once; its body is empty. */
export function doors(server: Server, cookie: string, form: OpenForm): Record<keyof Doors, () => Promise<Answer>> {
  const send = (path: string, method = 'GET', headers = {}, body?: string) =>
    server.request({ path, method, headers: { cookie, origin: server.origin, ...headers }, body })
  return {
    page: () => send('/account'),
    read: () => send('/api/session'),
    change: () => send('/api/session/activity', 'POST'),
    action: () => send(form.path, 'POST', { 'content-type': form.type }, form.body),
    stream: () => streamDoor(server, cookie),
  }
}

async function streamDoor(server: Server, cookie: string): Promise<Answer> {
  const stream = await openStream(server, { cookie })
  const { status, headers } = stream
  if (status === 200) stream.close()
  const cookies = checkedCookies([headers['set-cookie'] ?? []].flat())
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)])
  return { status, cookies, headers: Object.fromEntries(texts), body: status === 200 ? '' : await stream.body() }
}

export async function tryDoors(server: Server, cookie: string, form: OpenForm): Promise<Doors> {
  const { page, read, change, action, stream } = doors(server, cookie, form)
  return {
    page: await page(),
    read: await read(),
    change: await change(),
    action: await action(),
    stream: await stream(),
  }
}

/** What is the same for everybody whose session is over, whatever ended it: an answer without the times of its making. */
export function withoutTimes({ status, headers, body }: Answer) {
  const { date: _, 'content-security-policy': __, 'set-cookie': ___, ...lasting } = headers
  return { status, headers: lasting, body }
}

export interface OpenForm {
  readonly path: string
  readonly type: string
  readonly body: string
}

/** A form of a page as a browser without scripts would send it, with the given values filled in. */
export async function openForm(
  server: Server,
  cookie: string,
  path: string,
  { button, values }: { readonly button: string; readonly values: Readonly<Record<string, string>> },
): Promise<OpenForm> {
  const { body: page } = await server.request({ path, headers: { cookie } })
  const form = page.match(/<form[^>]*>.*?<\/form>/gs)?.find((html) => html.includes(`>${button}<`))
  if (!form) throw new Error(`there is no form with a button "${button}" on ${path}`)
  const hidden = [...form.matchAll(/<input type="hidden"([^>]*)\/>/g)].map(([, attributes = '']) => [
    attribute(attributes, 'name'),
    attribute(attributes, 'value'),
  ])
  return { path, ...multipart({ ...Object.fromEntries(hidden), ...values }) }
}

function attribute(attributes: string, name: string): string {
  const raw = new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1] ?? ''
  return raw
    .replace(/&quot;/g, '"')
    .replace(/&#x27;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}

function multipart(fields: Readonly<Record<string, string>>): { type: string; body: string } {
  const boundary = '----the-book-of-signet'
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return { type: `multipart/form-data; boundary=${boundary}`, body: `${parts.join('')}--${boundary}--\r\n` }
}
