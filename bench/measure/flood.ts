import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { openConnection, requestBytes } from '../load/connection.ts'
import { load } from '../load/load.ts'
import type { Server } from '../stage/server.ts'

export const AT_ONCE = 200

/** What a flood of sign-ins does to somebody who goes on working. Times in microseconds. */
export interface Probed {
  readonly quiet: readonly number[]
  readonly flooded: readonly number[]
  readonly statuses: ReadonlyMap<number, number>
  /** Milliseconds until the last of a wave was answered. */
  readonly waves: readonly number[]
}

export async function floodOf(
  server: Server,
  signIns: readonly Buffer[],
  cookie: string,
  waves: number,
): Promise<Probed> {
  const { port, origin } = server
  const requests = [requestBytes({ path: '/api/session', origin, cookie })]
  const probe = { port, requests, connections: 1, expected: 200 }
  const quiet = await load({ ...probe, milliseconds: 2000 })
  const statuses = new Map<number, number>()
  const lasted: number[] = []
  const flooded: number[] = []
  for (let wave = 0; wave < waves; wave++) {
    const stop = { now: false }
    const probing = probeUntil(stop, port, requests[0] as Buffer)
    lasted.push(await sendWave(port, signIns, wave, statuses))
    stop.now = true
    flooded.push(...(await probing))
    await pause(100)
  }
  return { quiet: quiet.times, flooded, statuses, waves: lasted }
}

async function sendWave(
  port: number,
  signIns: readonly Buffer[],
  wave: number,
  statuses: Map<number, number>,
): Promise<number> {
  const from = performance.now()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, i) => {
      const connection = openConnection(port)
      const { status } = await connection.send(signIns[(i + wave * AT_ONCE) % signIns.length] as Buffer)
      connection.close()
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }),
  )
  return performance.now() - from
}

/** Somebody who goes on working meanwhile: one request after the other. Microseconds. */
async function probeUntil(stop: { readonly now: boolean }, port: number, request: Buffer): Promise<number[]> {
  const connection = openConnection(port)
  const times: number[] = []
  do {
    const sent = performance.now()
    await connection.send(request)
    times.push((performance.now() - sent) * 1000)
  } while (!stop.now)
  connection.close()
  return times
}
