import { isCommon, type Listed } from './common-passwords.ts'
import { LONGEST_PASSWORD, type PasswordProblem, SHORTEST_PASSWORD } from './password-advice.ts'
import { looseCharacters, period } from './patterns.ts'

/**
 * Which passwords are accepted: length, and nothing that is easy to guess. No rules about kinds of characters, no
 * change by calendar; any character counts, also spaces and emoji.
 *
 * Every check compares the whole password: parts of it may be common, repeated or the person's own, as long as
 * enough stands beside them. Pure: the same rules speak while somebody types. Length is checked first, and the time
 * of all the rest is linear in it.
 * @see NIST SP 800-63B-4 §3.1.1.2; ASVS v5.0.0-6.2.1, 6.2.4, 6.2.5, 6.2.9, 6.2.11, 6.2.12
 */
export interface Person {
  readonly name: string
  readonly email: string
}

/** Null when the password is accepted. Length is counted in code points after NFC, as it will be hashed. */
export function weakness(password: string, person: Person, listed: Listed): PasswordProblem | null {
  // A code point has at most two units; what NFC composes is at most a dozen to one.
  if (password.length > LONGEST_PASSWORD * 24) return 'too-long'
  const length = [...password.normalize('NFC')].length
  if (length < SHORTEST_PASSWORD) return 'too-short'
  if (length > LONGEST_PASSWORD) return 'too-long'
  // Compatibility forms are folded for comparing only: full-width "ｐａｓｓｗｏｒｄ" is no secret either.
  const folded = fold(password)
  const characters = [...folded]
  if (isOwn(folded, person)) return 'own-details'
  if (isMonotonous(characters)) return 'repetition'
  if (isSequence(characters)) return 'sequence'
  if (isRepetition(characters)) return 'repetition'
  return isCommon(folded, listed) ? 'common' : null
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** Fewer different characters than this are a pattern, whatever their order. */
const FEWEST_DIFFERENT = 5

function isMonotonous(characters: readonly string[]): boolean {
  return new Set(characters).size < FEWEST_DIFFERENT
}

/** A short piece over and over is as long as the piece. Half of it said again is enough to call it so. */
function isRepetition(characters: readonly string[]): boolean {
  const piece = period(characters)
  return piece < SHORTEST_PASSWORD && characters.length - piece >= piece / 2
}

/** Beside walks along the keyboard, the alphabet or one key, there is next to nothing. */
function isSequence(characters: readonly string[]): boolean {
  return looseCharacters(characters).filter(Boolean).length <= 4
}

/** So many letters and digits beside the own name and address make it a password of its own. */
const ENOUGH_BESIDE = 8

function isOwn(folded: string, person: Person): boolean {
  let rest = folded
  for (const part of ownParts(person)) rest = rest.replaceAll(part, ' ')
  return rest !== folded && [...rest.replace(/[^\p{L}\p{N}]/gu, '')].length < ENOUGH_BESIDE
}

/** Name, address and what they consist of; the longest first, so that nothing is left of a whole one. */
function ownParts({ name, email }: Person): readonly string[] {
  // What is no name and no address is refused elsewhere; here it only must not cost anything.
  const [ownName, address] = [fold(name.slice(0, 200)), fold(email.slice(0, 300))]
  const [local = '', domain = ''] = address.split('@')
  const words = [ownName, address, local, domain].flatMap((text) => text.split(/[^\p{L}\p{N}]+/u))
  const parts = [ownName, ownName.replace(/\s+/g, ''), address, local, domain, ...words]
  return [...new Set(parts)].filter((part) => [...part].length >= 3).sort((a, b) => b.length - a.length)
}
