import { load } from '../load/load.ts'
import { figure, withRange } from '../report.ts'
import type { Server } from '../stage/server.ts'
import { median, quantile, type Spread, spread } from '../statistics.ts'

/**
 * Targets beside each other: they take turns in short slices within every round, so that whatever else the machine does
 * meets all of them alike; ratios are taken in a round.
 */
export interface Plan {
  readonly name: string
  /** Sent in turn; each is answered with 200. */
  readonly requests: readonly Buffer[]
}

export interface Round {
  readonly perSecond: number
  /** Processor time of the server for a request, all threads, µs. */
  readonly cpu: number
  readonly single: readonly number[]
}

export interface Turns {
  readonly rounds: number
  readonly slices: number
  readonly sliceMs: number
}

export type Rounds = ReadonlyMap<string, readonly Round[]>

export async function runRounds(server: Server, plans: readonly Plan[], turns: Turns): Promise<Rounds> {
  const rounds = new Map<string, Round[]>(plans.map(({ name }) => [name, []]))
  // The first round warms up, and with it the memory of what was opened or verified.
  for (let round = 0; round <= turns.rounds; round++) {
    const found = await runRound(server, plans, turns)
    if (round > 0) for (const [name, one] of found) rounds.get(name)?.push(one)
  }
  return rounds
}

async function runRound(server: Server, plans: readonly Plan[], { slices, sliceMs }: Turns) {
  const sums = new Map(plans.map(({ name }) => [name, { requests: 0, seconds: 0, cpu: 0, single: [] as number[] }]))
  for (let slice = 0; slice < slices; slice++) {
    // Another order each time: nobody always comes after the same neighbour.
    for (const i of plans.keys()) {
      const turn = slice % 2 === 0 ? i : plans.length - 1 - i
      const plan = plans[(turn + slice) % plans.length]
      const sum = plan && sums.get(plan.name)
      if (!plan || !sum) continue
      const common = { port: server.port, requests: plan.requests, expected: 200 }
      sum.single.push(...(await load({ ...common, connections: 1, milliseconds: sliceMs / 3 })).times)
      const before = server.cpu()
      const full = await load({ ...common, connections: 16, milliseconds: sliceMs })
      sum.cpu += server.cpu() - before
      sum.requests += full.requests
      sum.seconds += full.seconds
    }
  }
  return new Map(
    [...sums].map(([name, { requests, seconds, cpu, single }]): [string, Round] => [
      name,
      { perSecond: requests / seconds, cpu: (cpu * 1000) / requests, single },
    ]),
  )
}

/** Requests a second beside those of another target. */
export function ratio(rounds: Rounds, name: string, beside: string): Spread {
  const floor = rounds.get(beside) ?? []
  return spread((rounds.get(name) ?? []).map(({ perSecond }, i) => perSecond / (floor[i]?.perSecond ?? Number.NaN)))
}

export function roundsTable(rounds: Rounds, beside: string) {
  const rows = [...rounds].map(([name, all]) => {
    const single = all.map((round) => round.single)
    return [
      name,
      withRange(spread(all.map(({ perSecond }) => perSecond))),
      withRange(ratio(rounds, name, beside)),
      figure(median(single.map((times) => quantile(times, 0.5)))),
      figure(median(single.map((times) => quantile(times, 0.99)))),
      withRange(spread(all.map(({ cpu }) => cpu))),
    ]
  })
  const columns = ['target', 'requests/s', `× ${beside}`, 'c=1 p50 µs', 'c=1 p99 µs', 'processor µs/request']
  return { columns, rows }
}
