import 'server-only'
import { performance } from 'node:perf_hooks'
import { hashPassword, verifyPassword } from '#lib/authentication/password.ts'
import { answer, input } from '../stage/child.ts'

/** How many password hashes a second this machine makes, as many at once as the app allows. */
const { milliseconds } = await input<{ readonly milliseconds: number }>()
const PASSWORD = 'quiet lantern over seven rivers'
const stored = await hashPassword(PASSWORD)
let hashes = 0
const from = performance.now()
await Promise.all(Array.from({ length: 4 }, keepHashing))
answer((hashes * 1000) / (performance.now() - from))

async function keepHashing(): Promise<void> {
  while (performance.now() - from < milliseconds) {
    await verifyPassword(stored, PASSWORD)
    hashes++
  }
}
