import 'server-only'
import type { Administration, Onlooker } from '../contract.ts'
import { figuresFrom, type HourCounts, isAdministrator, lastHours } from '../figures.ts'
import { overBecause } from '../judgement.ts'
import { seen } from '../live.ts'
import type { Queries } from './queries.ts'
import { liveFrom } from './rows.ts'
import type { Parts } from './step.ts'

export function postgresAdministration({ connection, options }: Parts): Administration {
  /** The row decides who may look, just before they do. */
  const read = <T>(by: Onlooker, work: (queries: Queries) => Promise<T>): Promise<T | 'not-administrator'> =>
    connection.read(async (queries) => ((await mayLook(queries, by)) ? work(queries) : 'not-administrator'))

  return {
    users: (by, { search, after, most }) =>
      read(by, async (queries) => {
        const rows = await queries.usersAfter.execute({ search, after: after ?? '', most, epoch: options.epoch() })
        return rows.map(({ id, name, email, administrator, disabledAt, createdAt, sessions, lastActiveAt }) => {
          return { id, name, email, administrator, disabledAt, createdAt, sessions, lastActiveAt }
        })
      }),

    user: (by, id) => read(by, async (queries) => (await queries.user.execute({ id }))[0]),

    sessions: (by, most) =>
      read(by, async (queries) => {
        const rows = await queries.newestSessions.execute({ most, epoch: options.epoch() })
        return rows
          .map((row) => ({ live: liveFrom(row), email: row.email }))
          .filter(({ live }) => overBecause(live, options) === null)
          .map(({ live, email }) => ({ ...seen(live), email }))
      }),

    figures: (by) =>
      read(by, async (queries) => {
        const [clock] = await queries.clock.execute()
        const [totals] = await queries.totals.execute()
        if (!clock || !totals) throw new Error('the database has counted nothing')
        return figuresFrom(totals, await hourCounts(queries, clock.now as Date))
      }),
  }
}

async function mayLook(queries: Queries, by: Onlooker): Promise<boolean> {
  return by === 'shell' || isAdministrator((await queries.user.execute({ id: by.userId }))[0])
}

async function hourCounts(queries: Queries, now: Date): Promise<readonly HourCounts[]> {
  const hours = lastHours(now)
  const span = { from: hours[0]?.from, now }
  const began = [...(await queries.countBegan.execute(span)), ...(await queries.countBeganAndEnded.execute(span))]
  const ended = await queries.countEnded.execute(span)
  return hours.map(({ at }, index) => {
    const isIn = ({ hour }: { hour: number }) => hour === hours.length - index
    return {
      at,
      began: began.filter(isIn).reduce((sum, { count }) => sum + count, 0),
      ended: Object.fromEntries(ended.filter(isIn).map(({ reason, count }) => [reason, count])),
    }
  })
}
