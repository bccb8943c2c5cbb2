/** The name of a person. Pure. Any script, any length of a real name; nothing that deceives a reader. */
import { displayText, type TextProblem } from '#lib/display-text.ts'

/** Code points. */
const LONGEST = 80

const PROBLEMS: Readonly<Record<TextProblem, string>> = {
  empty: 'Enter your name.',
  'too-long': `Use a name of at most ${LONGEST} characters.`,
  deceptive:
    'Remove invisible characters from the name, such as line breaks or marks that change the reading direction.',
}

/** The name in its stored form, or a sentence that says what to do. */
export function parseName(text: string): { readonly name: string } | { readonly problem: string } {
  const parsed = displayText(text, LONGEST)
  return 'text' in parsed ? { name: parsed.text } : { problem: PROBLEMS[parsed.problem] }
}
