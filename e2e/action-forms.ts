import type { Person } from './person.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

/** Forms of server actions as browsers send them, taken apart, so that a test can put them together wrongly. */
export const BOUNDARY = '----book'

export type Fields = readonly (readonly [string, string])[]

export function multipart(fields: Fields): string {
  const part = ([name, value]: readonly [string, string]) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  return `${fields.map(part).join('')}--${BOUNDARY}--\r\n`
}

export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`

/** What a page's first form would send without scripts, and the id of its action. */
export interface PageForm {
  readonly action: string
  readonly fields: Fields
}

/** Reads the form with a certain field off a page, as a browser without scripts would. */
export async function formOn(server: Server, path: string, field: string, cookie = ''): Promise<PageForm> {
  const { body } = await server.request({ path, headers: { cookie } })
  const form = body.match(/<form[\s\S]*?<\/form>/g)?.find((each) => each.includes(`name="${field}"`)) ?? ''
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')] as const,
  )
  const reference = fields.find(([name]) => /^\$ACTION_\d+:0$/.test(name))?.[1] ?? '{}'
  return { action: JSON.parse(reference).id ?? '', fields }
}

export async function cookieOf(person: Person | null): Promise<string> {
  return person ? person.cookieHeader() : ''
}

export function post(
  server: Server,
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  return server.request({ method: 'POST', path, body, headers: { origin: server.origin, ...headers } })
}
