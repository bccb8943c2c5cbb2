/** Why an administrator does something: typed each time, told to the person, kept with both accounts. Pure. */
import { displayText } from '#lib/display-text.ts'

/** Code points. */
const LONGEST_REASON = 200

export function parseReason(text: string): { readonly reason: string } | { readonly problem: string } {
  const parsed = displayText(text, LONGEST_REASON)
  if ('text' in parsed) return { reason: parsed.text }
  switch (parsed.problem) {
    case 'empty':
      return { problem: 'Say why. The person will read it.' }
    case 'too-long':
      return { problem: `Use at most ${LONGEST_REASON} characters.` }
    case 'deceptive':
      return { problem: 'Remove invisible characters, such as line breaks.' }
  }
}
