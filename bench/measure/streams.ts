import { performance } from 'node:perf_hooks'
import { sendOnce } from '../load/connection.ts'
import { openStream, type Stream } from '../load/stream.ts'
import { type Chapter, figure } from '../report.ts'
import { newPlace } from '../stage/place.ts'
import { type Server, startServer } from '../stage/server.ts'
import { quantile } from '../statistics.ts'

/** Many open pages: what their event streams weigh, and how fast all of them learn of the end. */
export async function measureStreams(folder: string, { streams }: { readonly streams: number }): Promise<Chapter> {
  const place = await newPlace({ rows: 10_000, ofOne: streams })
  const server = await startServer(folder, place.env)
  const cookies = place.one.map(({ cookie }) => cookie)
  const open: Stream[] = []
  try {
    await warmUp(server, cookies)
    const before = server.memory()
    const from = performance.now()
    for (const cookie of cookies) open.push(openStream(server.port, server.origin, cookie))
    await Promise.all(open.map(({ opened }) => opened))
    const opening = performance.now() - from
    const memory = server.memory() - before
    return chapter(streams, { opening, memory, ...(await endAll(server, cookies[0] ?? '', open)) })
  } finally {
    for (const stream of open) stream.close()
    await server.stop()
  }
}

/** So that the memory of the first thousand requests is not taken for that of the streams. */
async function warmUp({ port, origin }: Server, cookies: readonly string[]): Promise<void> {
  for (const cookie of cookies) await sendOnce(port, { path: '/api/session', origin, cookie })
}

async function endAll({ port, origin }: Server, cookie: string, streams: readonly Stream[]) {
  const from = performance.now()
  const { status } = await sendOnce(port, { method: 'DELETE', path: '/api/sessions?scope=all', origin, cookie })
  if (status !== 200) throw new Error(`signing out everywhere was answered with ${status}`)
  const answered = performance.now() - from
  const told = (await Promise.all(streams.map(({ ended }) => ended))).map((at) => at - from)
  return { answered, told }
}

interface Found {
  readonly opening: number
  readonly memory: number
  readonly answered: number
  readonly told: readonly number[]
}

function chapter(streams: number, { opening, memory, answered, told }: Found): Chapter {
  return {
    title: 'Event streams',
    tables: [
      {
        columns: ['', ''],
        rows: [
          ['open streams, each of its own session', figure(streams)],
          ['opening all of them, ms', figure(opening)],
          ['resident memory for each, KiB', figure((memory * 1024) / streams)],
          ['signing out everywhere was answered after, ms', figure(answered)],
          ['the median stream knew after, ms', figure(quantile(told, 0.5))],
          ['the last one knew after, ms', figure(quantile(told, 1))],
        ],
      },
    ],
    notes: ['All sessions belong to one person, who signs out everywhere; the client shares the machine.'],
    goals: [{ what: 'the last page knew after', value: quantile(told, 1), unit: 'ms', atMost: 1000 }],
  }
}
