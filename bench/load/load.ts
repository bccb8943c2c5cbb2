import { performance } from 'node:perf_hooks'
import { type Connection, openConnection } from './connection.ts'

export interface Load {
  readonly port: number
  /** Sent in turn. */
  readonly requests: readonly Buffer[]
  readonly connections: number
  readonly milliseconds: number
  readonly expected: number
}

export interface Loaded {
  readonly requests: number
  readonly seconds: number
  /** Microseconds, one for each request. */
  readonly times: readonly number[]
}

/** Sends as fast as answers come, for so long. Anything but the expected status ends the benchmark: it measures nothing. */
export async function load({ port, requests, connections, milliseconds, expected }: Load): Promise<Loaded> {
  const times: number[] = []
  const from = performance.now()
  let next = Math.floor(Math.random() * requests.length)

  async function client(connection: Connection): Promise<void> {
    while (performance.now() - from < milliseconds) {
      const request = requests[next++ % requests.length] as Buffer
      const sent = performance.now()
      const { status, body } = await connection.send(request)
      times.push((performance.now() - sent) * 1000)
      if (status !== expected) throw new Error(`${status} instead of ${expected}: ${body}`)
    }
    connection.close()
  }

  await Promise.all(Array.from({ length: connections }, () => client(openConnection(port))))
  return { requests: times.length, seconds: (performance.now() - from) / 1000, times }
}
