/** The person's own name for a session, "Kitchen tablet". Pure. */
import { displayText } from '#lib/display-text.ts'

/** Code points. */
const LONGEST = 60

/** The name in its stored form; null (an empty field) takes the name away; or a sentence that says what to do. */
export function parseSessionName(text: string): { readonly name: string | null } | { readonly problem: string } {
  const parsed = displayText(text, LONGEST)
  if ('text' in parsed) return { name: parsed.text }
  if (parsed.problem === 'empty') return { name: null }
  if (parsed.problem === 'too-long') return { problem: `Use a name of at most ${LONGEST} characters.` }
  return { problem: 'Remove invisible characters from the name, such as line breaks.' }
}
