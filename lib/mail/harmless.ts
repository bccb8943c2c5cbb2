/** Text that somebody chose, in a mail that somebody else trusts. Pure. */

/** Longer than any real name of a person or a device. Code points. */
const LONGEST = 120

/** Controls, line separators, and marks that reorder or hide: see `lib/display-text.ts`. */
const DECEPTIVE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]+/gu

/** What mail programs make links of: `evil.example`, `http://…`, `a@b`. */
const BEFORE_A_LINK = /[.:/@](?=\S)/gu

/**
 * One line in which nothing can be clicked: an account may be made for any address, so a name is a way to write to
 * strangers. A word joiner after each character that makes a link is not seen and breaks it.
 */
export function harmless(text: string): string {
  const line = text.toWellFormed().replace(DECEPTIVE, ' ').replace(/\s+/gu, ' ').trim()
  const points = [...line]
  const cut = points.length > LONGEST ? `${points.slice(0, LONGEST - 1).join('')}…` : line
  return cut.replace(BEFORE_A_LINK, '$&\u2060')
}
