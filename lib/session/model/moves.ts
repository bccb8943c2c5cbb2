import fc from 'fast-check'

/** What can happen to a session. Each of `crowd`'s requests either has its answer arrive or lost. */
export type Move =
  | { readonly move: 'visit' | 'post' | 'read'; readonly who: Who; readonly answer: 'arrives' | 'late' | 'lost' }
  | { readonly move: 'crowd'; readonly who: Who; readonly answers: readonly boolean[] }
  | { readonly move: 'wait'; readonly seconds: number }
  | {
      readonly move:
        | 'copy'
        | 'late answers arrive'
        | 'confirm who I am'
        | 'sensitive act'
        | 'sign out'
        | 'end from elsewhere'
    }

export type Who = 'owner' | 'thief'

const who = fc.constantFrom<Who>('owner', 'owner', 'thief')
const answer = fc.constantFrom('arrives' as const, 'arrives' as const, 'late' as const, 'lost' as const)
/** Some way below each limit, for real time passes too; exactly at it, and above. */
const SECONDS = [1, 25, 30, 31, 60, 120, 290, 300, 301, 600, 890, 900]

export const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ move: fc.constantFrom('visit' as const, 'post' as const, 'read' as const), who, answer }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      move: fc.constant('crowd' as const),
      who,
      answers: fc.array(fc.boolean(), { minLength: 2, maxLength: 8 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ move: fc.constant('wait' as const), seconds: fc.constantFrom(...SECONDS) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constantFrom(
        'copy' as const,
        'copy' as const,
        'late answers arrive' as const,
        'confirm who I am' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ move: 'sensitive act' as const }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constantFrom('sign out' as const, 'end from elsewhere' as const) }) },
)
