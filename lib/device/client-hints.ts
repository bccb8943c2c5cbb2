/**
 * Low-entropy client hints: what Chromium-based browsers say of themselves beside the user agent. Pure.
 * Everything here is the client's own claim: it is shown to people and decides nothing.
 * @see User-Agent Client Hints, RFC 8941 (lists, strings, booleans)
 */
export interface ClientHints {
  readonly brands: readonly string[]
  readonly platform: string | null
  readonly mobile: boolean | null
}

/** Longer than any real list of brands; the rest is not read. */
const READ = 512
const STRING = /"([^"\\]{1,64})"/
const BRANDS = new RegExp(STRING.source, 'g')

export function clientHints(headers: Headers): ClientHints {
  const brands = cut(headers.get('sec-ch-ua')).replace(/;\s*v="[^"]*"/g, '')
  const mobile = headers.get('sec-ch-ua-mobile')
  return {
    brands: [...brands.matchAll(BRANDS)].map(([, brand]) => brand ?? ''),
    platform: STRING.exec(cut(headers.get('sec-ch-ua-platform')))?.[1] ?? null,
    mobile: mobile === '?1' ? true : mobile === '?0' ? false : null,
  }
}

function cut(value: string | null): string {
  return (value ?? '').slice(0, READ)
}
