import { expect } from '@playwright/test'

/**
 * The cookie inventory of this version, as the contract has it. Every `Set-Cookie` that any test of the book sees is
 * held against it: a cookie that is not here, or has other attributes, fails the test that met it.
 */
const DAY = 24 * 60 * 60

interface Row {
  readonly value: RegExp
  /** Seconds; undefined is "until the browser closes", 0 clears. */
  readonly lifetime: (maxAge: number | undefined) => boolean
}

const INVENTORY: Readonly<Record<string, Row>> = {
  '__Host-session': {
    value: /^(?:Fe26\.2\*[\w.*-]+~2)?$/,
    // The browser's; a remembered session's; 0 clears.
    lifetime: (maxAge) => maxAge === undefined || (maxAge >= 0 && maxAge <= 30 * DAY),
  },
  '__Host-sign-in': {
    value: /^(?:Fe26\.2\*[\w.*-]+~2)?$/,
    lifetime: (maxAge) => maxAge !== undefined && maxAge >= 0 && maxAge <= 10 * 60,
  },
  '__Host-browser': { value: /^[\w-]{43}$/, lifetime: (maxAge) => maxAge === 400 * DAY },
}

export interface SetCookie {
  readonly name: string
  readonly value: string
  /** Lower-case names; flags are `true`. */
  readonly attributes: Readonly<Record<string, string | true>>
  readonly maxAge: number | undefined
  /** Bytes of name and value together. */
  readonly size: number
}

function parseSetCookie(line: string): SetCookie {
  const [pair = '', ...rest] = line.split(';')
  const equals = pair.indexOf('=')
  const [name, value] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
  const attributes: Record<string, string | true> = {}
  for (const each of rest) {
    const [key = '', text] = each.trim().split('=')
    attributes[key.toLowerCase()] = text ?? true
  }
  const maxAge = attributes['max-age'] === undefined ? undefined : Number(attributes['max-age'])
  return { name, value, attributes, maxAge, size: Buffer.byteLength(name + value) }
}

/** All that is wrong with one `Set-Cookie` line, in words; empty when it is as the inventory says. */
export function wrongs(line: string): string[] {
  const { name, value, attributes, maxAge, size } = parseSetCookie(line)
  const row = INVENTORY[name]
  if (!row) return [`sets a cookie that is in no inventory: ${name}`]
  const demands: readonly (readonly [boolean, string])[] = [
    [attributes.secure === true, 'is not Secure'],
    [attributes.httponly === true, 'is not HttpOnly'],
    [/^(?:lax|strict)$/i.test(String(attributes.samesite)), 'has no SameSite, or None'],
    [attributes.path === '/', 'has another path than /'],
    [!('domain' in attributes), 'names a domain'],
    [size < 4096, `has ${size} bytes`],
    [row.value.test(value), 'has a value of another form'],
    [row.lifetime(maxAge), `lives for ${maxAge} seconds`],
    [value !== '' || maxAge === 0, 'is empty and does not clear'],
  ]
  return demands.filter(([met]) => !met).map(([, wrong]) => `${name} ${wrong}`)
}

/** Fails unless every line is as the inventory says; answers the parsed ones. */
export function checkedCookies(lines: readonly string[]): SetCookie[] {
  expect(lines.flatMap(wrongs), 'every Set-Cookie is as the inventory says').toEqual([])
  return lines.map(parseSetCookie)
}
