import type { LogoutResult } from '../in-process/logout.ts'
import { type Chapter, figure } from '../report.ts'
import { runChild } from '../stage/child.ts'
import { newPlace } from '../stage/place.ts'
import { quantile } from '../statistics.ts'

/** Milliseconds. */
const LONGEST = 2000
const ALIVE = 90
const DEAD = 10

/** Back-channel logout: how soon those that live know that a session is over, however many are dead. */
export async function measureLogout({ rounds }: { readonly rounds: number }): Promise<Chapter> {
  const { env } = await newPlace({})
  const { last, half, knocks } = await runChild<object, LogoutResult>('logout', env, {
    alive: ALIVE,
    dead: DEAD,
    rounds,
  })
  const [median, most] = [quantile(last, 0.5), quantile(last, 1)]
  return {
    title: 'Back-channel logout',
    tables: [
      {
        columns: [`${ALIVE + DEAD} relying parties, ${DEAD} of them dead: ms from the sign-out`, 'p50', 'most'],
        rows: [
          ['half of those that live were told', figure(quantile(half, 0.5)), figure(quantile(half, 1))],
          ['all of those that live were told', figure(median), figure(most)],
        ],
      },
    ],
    notes: [
      `${rounds} sign-outs, one after the other; relying parties and Signet share a process. Half of the dead take no ` +
        `connection, half take one and say nothing: these were knocked at ${knocks} times meanwhile.`,
    ],
    goals: [{ what: `the last of the ${ALIVE} was told after, at most`, value: most, unit: 'ms', atMost: LONGEST }],
  }
}
