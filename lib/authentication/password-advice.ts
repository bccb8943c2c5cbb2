/** Why a password is refused and what to do instead: one plain sentence each. Pure. */

/** Code points after NFC. */
export const SHORTEST_PASSWORD = 15
export const LONGEST_PASSWORD = 256

export type PasswordProblem = 'too-short' | 'too-long' | 'common' | 'repetition' | 'sequence' | 'own-details'

const ADVICE: Readonly<Record<PasswordProblem, string>> = {
  'too-short': `Use at least ${SHORTEST_PASSWORD} characters: four unrelated words are easy to remember.`,
  'too-long': `Use at most ${LONGEST_PASSWORD} characters.`,
  common:
    'This is a common password, or one with a little added, and is tried first: use four unrelated words instead.',
  repetition: 'This repeats a short piece, which adds no strength: use four different words instead.',
  sequence:
    'This follows the keyboard, the alphabet or a count, and is easy to guess: use four unrelated words instead.',
  'own-details': 'This is little more than your own name or email address: use words that have nothing to do with you.',
}

export function passwordAdvice(problem: PasswordProblem): string {
  return ADVICE[problem]
}
