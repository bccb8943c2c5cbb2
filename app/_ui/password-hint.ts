/** A word about a new password while it is typed. Pure and small; the server, which has the lists, decides. */
export interface PasswordHint {
  readonly strength: 'short' | 'plain' | 'fair' | 'good'
  readonly words: string
}

/** Code points after NFC, as the server counts them. */
const LEAST = 15
/** Fewer different characters than this is repetition. */
const VARIED = 8
const LONG = 20

export function passwordHint(password: string): PasswordHint {
  const characters = [...password.normalize('NFC')]
  const missing = LEAST - characters.length
  if (missing > 0) {
    return { strength: 'short', words: `${missing} more ${missing === 1 ? 'character' : 'characters'} to go.` }
  }
  if (new Set(characters).size < VARIED) {
    return { strength: 'plain', words: 'Long enough, but it repeats itself.' }
  }
  if (characters.length < LONG) return { strength: 'fair', words: 'Long enough. Longer is better still.' }
  return { strength: 'good', words: 'Long and varied.' }
}
