import { parseArgs } from 'node:util'
import { fail } from '#lib/cli/terminal.ts'

export const CHAPTERS = [
  'check',
  'http',
  'tokens',
  'sign-in',
  'housekeeping',
  'administration',
  'logout',
  'streams',
  'weight',
  'lighthouse',
] as const
export type ChapterName = (typeof CHAPTERS)[number]

export interface Options {
  /** A few minutes' work in one: to see whether all is well, not to compare. */
  readonly quick: boolean
  /** Five million rows as well: several minutes and 3 GB of disk. */
  readonly large: boolean
  readonly chapters: readonly ChapterName[]
  /** A built copy of the app to use again, or to make and leave there. */
  readonly app: string | null
}

const USAGE = `npm run bench -- [--quick] [--large] [--only ${CHAPTERS.join(',')}] [--app FOLDER]`

export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const chosen = values.only?.split(',') ?? CHAPTERS
  const unknown = chosen.filter((name) => !CHAPTERS.some((known) => known === name))
  if (unknown.length > 0) fail(`There is no chapter ${unknown.join(', ')}.\n${USAGE}`, 2)
  return {
    quick: values.quick,
    large: values.large,
    chapters: CHAPTERS.filter((name) => chosen.includes(name)),
    app: values.app ?? null,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        large: { type: 'boolean', default: false },
        only: { type: 'string' },
        app: { type: 'string' },
      },
    })
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`, 2)
  }
}
