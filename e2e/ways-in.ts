import { type RawAnswer, raw } from './raw.ts'
import type { Server } from './server.ts'

/**
 * The four kinds of door behind sign-in, tried with one `Cookie` header as a thief would try them: a page, the API, a
 * server action of a form that was open, the event stream.
 */
export type Doors = {
  readonly page: RawAnswer
  readonly read: RawAnswer
  readonly change: RawAnswer
  readonly action: RawAnswer
  readonly stream: RawAnswer
}

export async function tryDoors(server: Server, cookie: string, form: OpenForm, port = server.port): Promise<Doors> {
  const host = new URL(server.origin).host
  const send = (path: string, method = 'GET', headers = {}, body?: string) =>
    raw(port, { path, method, headers: { host, cookie, origin: server.origin, ...headers }, body })
  return {
    page: await send('/account'),
    read: await send('/api/session'),
    change: await send('/api/session/activity', 'POST'),
    action: await send(form.path, 'POST', { 'content-type': form.type }, form.body),
    stream: await send('/api/session/events'),
  }
}

/** What is the same for everybody whose session is over, whatever ended it: an answer without the times of its making. */
export function withoutTimes({ status, headers, body }: RawAnswer) {
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
