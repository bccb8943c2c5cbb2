import 'server-only'

/** One key as it is written in `SESSION_KEYS`. */
export interface WrittenKey {
  readonly id: string
  readonly secret: string
}

export const KEYS_FORM = 'id:secret,id:secret, with secrets of at least 32 random characters (openssl rand -base64 32)'

const SHORTEST_SECRET = 32
const FEWEST_DIFFERENT = 8
const SAMPLE = /change.?(me|this|it)|example|sample|placeholder|secret|password|passphrase|insecure|default|at.?least/i

/** Keys from `id:secret,id:secret` (line ends separate too), or what is wrong. No secret appears in a problem. */
export function parseKeys(text: string): { keys: WrittenKey[] } | { problem: string } {
  const keys: WrittenKey[] = []
  for (const part of text.split(/[,\n]/).map((each) => each.trim())) {
    if (part === '') continue
    const colon = part.indexOf(':')
    if (colon < 1) return { problem: 'has a part without an id.' }
    keys.push({ id: part.slice(0, colon).trim(), secret: part.slice(colon + 1).trim() })
  }
  const problem = problemOf(keys)
  return problem ? { problem } : { keys }
}

/** What is wrong with these keys taken together; undefined when nothing is. */
export function problemOf(keys: readonly WrittenKey[]): string | undefined {
  if (keys.length === 0) return 'has no key.'
  for (const { id, secret } of keys) {
    if (!/^[A-Za-z0-9_.-]{1,64}$/.test(id)) return 'has an id that is not a word (letters, digits, "-", "_", ".").'
    const weakness = weaknessOf(secret)
    if (weakness) return `has a key "${id}" whose secret ${weakness}.`
  }
  if (new Set(keys.map((key) => key.id)).size < keys.length) return 'has two keys with one id.'
  if (new Set(keys.map((key) => key.secret)).size < keys.length) return 'has two keys with one secret.'
  return undefined
}

/**
 * Refuses what cannot have come from a generator. No measure of randomness: a lower bound against
 * samples, repetitions and finger exercises.
 */
function weaknessOf(secret: string): string | undefined {
  if (secret.length < SHORTEST_SECRET) return `is shorter than ${SHORTEST_SECRET} characters`
  if (new Set(secret).size < FEWEST_DIFFERENT) return 'repeats a few characters'
  if (`${secret}${secret}`.indexOf(secret, 1) < secret.length) return 'repeats itself'
  if (SAMPLE.test(secret)) return 'is a sample'
  if (neighbours(secret) > secret.length / 2) return 'is a sequence'
  return undefined
}

/** How many characters follow the one before them in the alphabet, forwards, backwards or by repetition. */
function neighbours(text: string): number {
  let count = 0
  for (let i = 1; i < text.length; i++) {
    if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) <= 1) count++
  }
  return count
}
