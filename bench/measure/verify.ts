import type { SignedIn } from '../in-process/people.ts'
import { sendOnce } from '../load/connection.ts'
import type { Server } from '../stage/server.ts'

/** A figure is worth nothing if the check behind it is wrong. */
export async function verify({ port, origin }: Server, path: string, people: readonly SignedIn[]): Promise<void> {
  const status = async (cookie?: string) =>
    (await sendOnce(port, { path, origin, ...(cookie !== undefined && { cookie }) })).status
  const cookie = people[0]?.cookie ?? ''
  const tampered = cookie.replace(/~2/, '~3')
  expect(`${path} with a valid cookie`, await status(cookie), 200)
  expect(`${path} without a cookie`, await status(), 401)
  expect(`${path} with a tampered cookie`, await status(tampered), 401)
  expect(`${path} with two cookies`, await status(`${cookie}; ${people[1]?.cookie}`), 401)
}

export async function verifyDeletion({ port, origin }: Server, { cookie }: SignedIn): Promise<void> {
  const status = async (method: 'GET' | 'DELETE') =>
    (await sendOnce(port, { method, path: '/api/session', origin, cookie })).status
  expect('before its end', await status('GET'), 200)
  expect('the end itself', await status('DELETE'), 204)
  expect('after its end', await status('GET'), 401)
}

function expect(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`)
}
