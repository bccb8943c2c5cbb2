import 'server-only'
import { setImmediate } from 'node:timers/promises'
import type { Administration, Onlooker, SessionFigures } from '../contract.ts'
import {
  END_REASONS,
  figuresFrom,
  type Hour,
  type HourCounts,
  isAdministrator,
  lastHours,
  type Totals,
} from '../figures.ts'
import { overBecause } from '../judgement.ts'
import { seen } from '../live.ts'
import type { Queries } from './queries.ts'
import { type LiveValues, liveFrom, userFrom } from './rows.ts'
import type { Parts } from './step.ts'

export function sqliteAdministration({ connection, options }: Parts): Administration {
  /** The row decides who may look, in the same reading as what they look at. */
  const read = <T>(by: Onlooker, work: (queries: Queries) => T): T | 'not-administrator' =>
    connection.read((queries) => (mayLook(queries, by) ? work(queries) : 'not-administrator'))

  return {
    users: (by, { search, after, most }) =>
      read(by, (queries) =>
        queries.usersAfter.all({ search, after: after ?? '', most, epoch: options.epoch() }).map((row) => {
          const { id, name, email, administrator, disabledAt, createdAt } = userFrom(row)
          const lastActiveAt = row.lastActiveAt === null ? null : new Date(row.lastActiveAt)
          return { id, name, email, administrator, disabledAt, createdAt, sessions: row.sessions, lastActiveAt }
        }),
      ),

    user: (by, id) =>
      read(by, (queries) => {
        const row = queries.user.get({ id })
        return row && userFrom(row)
      }),

    sessions: (by, most) =>
      read(by, (queries) => {
        const rows = queries.newestSessions.values({ most, epoch: options.epoch() }) as unknown as NewestValues[]
        return rows
          .map((values) => ({ live: liveFrom(values.slice(0, -1) as unknown as LiveValues, options.clock()), values }))
          .filter(({ live }) => overBecause(live, options) === null)
          .map(({ live, values }) => ({ ...seen(live), email: values.at(-1) as string }))
      }),

    async figures(by): Promise<SessionFigures | 'not-administrator'> {
      const hours = lastHours(options.clock())
      const totals = read(by, totalsFrom)
      if (totals === 'not-administrator') return totals
      const counts: HourCounts[] = []
      for (const hour of hours) {
        // This database answers on the thread that all requests share.
        await setImmediate()
        counts.push(connection.read((queries) => countsOf(queries, hour)))
      }
      return figuresFrom(totals, counts)
    },
  }
}

type NewestValues = readonly [...LiveValues, email: string]

function mayLook(queries: Queries, by: Onlooker): boolean {
  if (by === 'shell') return true
  const row = queries.user.get({ id: by.userId })
  return isAdministrator(row && userFrom(row))
}

function totalsFrom(queries: Queries): Totals {
  const of = (query: { get(): { count: number } | undefined }) => query.get()?.count ?? 0
  const sessions = of(queries.countSessions)
  const locked = sessions - of(queries.countUnlocked)
  return { users: of(queries.countUsers), sessions, people: of(queries.countPeople), locked }
}

function countsOf(queries: Queries, { from, at }: Hour): HourCounts {
  const hour = { from: from.getTime(), at: at.getTime() }
  const began = (queries.countBegan.get(hour)?.count ?? 0) + (queries.countBeganAndEnded.get(hour)?.count ?? 0)
  const ended = END_REASONS.map((reason) => [reason, queries.countEnded.get({ reason, ...hour })?.count ?? 0] as const)
  return { at, began, ended: Object.fromEntries(ended.filter(([, count]) => count > 0)) }
}
