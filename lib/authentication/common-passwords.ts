/** Whether a password is one of a list, or is made from one with little effort. Pure. */
import { looseCharacters } from './patterns.ts'

/** Whether a text, folded, stands in the list of common passwords. */
export type Listed = (folded: string) => boolean

/** Entries of interest as a part; the longest of the list has 20 characters. */
const SHORTEST = 4
const LONGEST = 20

/** So few loose characters beside a listed password are padding, not a password of their own. */
const PADDING = 6

/**
 * Whether a text is a listed password, or one that is padded: by repeating it, by sequences and runs, by a few
 * characters ("Sunshine2024!!!!!!", "passwordpassword1", "letmein123456789"). The whole password is compared: a
 * passphrase is not refused because one of its words stands in the list.
 *
 * @param folded NFKC, lower case, at most some hundred characters: time grows with length times `LONGEST`
 */
export function isCommon(folded: string, listed: Listed): boolean {
  if (listed(folded)) return true
  const loose = looseCharacters(folded.split(''))
  // looseUpTo[i]: how many of the first i characters are loose.
  const looseUpTo = [0]
  for (const each of loose) looseUpTo.push((looseUpTo.at(-1) ?? 0) + (each ? 1 : 0))
  const all = looseUpTo.at(-1) ?? 0
  for (const word of listedParts(folded, listed)) {
    let beside = all
    for (let i = folded.indexOf(word); i >= 0; i = folded.indexOf(word, i + word.length)) {
      beside -= (looseUpTo[i + word.length] ?? 0) - (looseUpTo[i] ?? 0)
    }
    if (beside <= PADDING) return true
  }
  return false
}

function listedParts(folded: string, listed: Listed): ReadonlySet<string> {
  const parts = new Set<string>()
  for (let i = 0; i + SHORTEST <= folded.length; i++) {
    for (let length = SHORTEST; length <= LONGEST && i + length <= folded.length; length++) {
      const part = folded.slice(i, i + length)
      if (listed(part)) parts.add(part)
    }
  }
  return parts
}
