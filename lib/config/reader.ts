import 'server-only'

/** Thrown by a parser: says what is wrong with a value and what to write instead. */
export class WrongValue extends Error {}

export interface ReadOptions {
  /** The value must not appear in a message. */
  readonly secret?: boolean
}

/** Reads settings one by one and collects what is wrong, so that all of it can be said at once. */
export interface Reader {
  readonly problems: readonly string[]
  /** The setting as it is written; an empty one is none. */
  text(name: string): string | undefined
  /** The parsed value; undefined when the setting is absent or wrong. */
  read<T>(name: string, parse: (text: string) => T, options?: ReadOptions): T | undefined
  problem(message: string): void
}

export function readerOf(env: Readonly<Record<string, string | undefined>>): Reader {
  const problems: string[] = []
  const text = (name: string) => env[name]?.trim() || undefined

  function read<T>(name: string, parse: (text: string) => T, options: ReadOptions = {}): T | undefined {
    const value = text(name)
    if (value === undefined) return undefined
    try {
      return parse(value)
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error
      problems.push(`${name}${options.secret ? '' : `=${value}`} ${error.message}`)
      return undefined
    }
  }

  return { problems, text, read, problem: (message) => problems.push(message) }
}

/** A parser for one of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((each) => each === text)
    if (word) return word
    throw new WrongValue(`is not a value that it can have. Set one of ${words.join(', ')}.`)
  }
}

/** A parser for a whole number between two limits, both allowed. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new WrongValue(`is not a whole number from ${least} to ${most}. Set such a number.`)
  }
}
