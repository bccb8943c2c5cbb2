/**
 * A word about a new password while it is typed, for the browser. Pure.
 *
 * The rules are the server's own, so the hint never praises what will be refused; `zxcvbn` then tells how much more
 * than acceptable it is. List and estimator are some 250 kB compressed: import this file, and call `loadStrength`,
 * when somebody first types into the field.
 */
import { passwordAdvice, SHORTEST_PASSWORD } from './password-advice.ts'
import { type Person, weakness } from './password-rules.ts'

export interface Strength {
  /** 0 and 1 will be refused, 2 to 4 are accepted. */
  readonly score: 0 | 1 | 2 | 3 | 4
  readonly words: string
}

const ACCEPTED = {
  2: 'Good enough. Another word makes it stronger.',
  3: 'Strong: hard to guess.',
  4: 'Very strong: very hard to guess.',
} as const

/** Characters that are estimated: time grows with length, and what begins strong stays strong. */
const ESTIMATED = 64

/** The estimator; some 30 ms at worst for one answer, so ask when typing pauses. */
export async function loadStrength(): Promise<(password: string, person: Person) => Strength> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  const common = dictionary['passwords-common'] as string[]
  const list = new Set(common)
  const estimator = new ZxcvbnFactory({ graphs: adjacencyGraphs, dictionary: { common } })

  return (password, person) => {
    const problem = weakness(password, person, (folded) => list.has(folded))
    if (problem === 'too-short') return tooShort(password)
    if (problem) return { score: 1, words: passwordAdvice(problem) }
    const { score } = estimator.check(password.slice(0, ESTIMATED), [person.name, person.email])
    const shown = score === 4 || score === 3 ? score : 2
    return { score: shown, words: ACCEPTED[shown] }
  }
}

function tooShort(password: string): Strength {
  const missing = SHORTEST_PASSWORD - [...password.normalize('NFC')].length
  return { score: 0, words: `${missing} more ${missing === 1 ? 'character' : 'characters'} to go.` }
}
