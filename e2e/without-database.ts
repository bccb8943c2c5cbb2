import { renameSync } from 'node:fs'
import { expect } from '@playwright/test'
import type { Server } from './server.ts'

/** The database file is gone while `run` runs. */
export async function withoutDatabase(server: Server, run: () => Promise<void>): Promise<void> {
  const ready = async () => (await server.request({ path: '/api/ready' })).status
  renameSync(server.databaseFile, `${server.databaseFile}.away`)
  try {
    await expect.poll(ready, 'the server has noticed').toBe(503)
    await run()
  } finally {
    renameSync(`${server.databaseFile}.away`, server.databaseFile)
  }
  await expect.poll(ready, 'and goes on without a restart').toBe(200)
}
