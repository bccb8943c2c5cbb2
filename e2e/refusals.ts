import { expect } from '@playwright/test'
import { dump, type Victim } from './half-open.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import { everyDoor, isPublic } from './surface.ts'
import { type HalfOpen, triesOf } from './tries.ts'

/** Tries every door that is not for anybody. Fails at the first that opens, tells, or leaves something behind. */
export async function expectShut(server: Server, victim: Victim, half: HalfOpen): Promise<void> {
  const before = dump(server, victim)
  const doors = everyDoor().filter((door) => !isPublic(door) && !half.own?.includes(door.name))
  expect(doors.length).toBeGreaterThan(30)
  for (const door of doors) {
    const tries = triesOf(server, door, victim, half)
    const answers = await Promise.all(tries.map(({ send }) => send()))
    for (const [at, { how, isNo, leads = false }] of tries.entries()) {
      const [answer, what] = [answers[at] as RawAnswer, `${door.name}, ${how}`]
      const said = `${answer.status} ${answer.headers.location} ${answer.body.slice(0, 300)}`
      expect(isNo(answer), `${what}: ${said}`).toBe(true)
      expectNothingOf(victim, answer, what, leads ? half.shows : [])
      expect(answer.cookies, `${what} sets no cookie`).toEqual([])
      expect(answer.headers['cache-control'], `${what} is kept nowhere`).toContain('no-store')
    }
    expect(dump(server, victim), `${door.name} leaves every row as it was`).toEqual(before)
  }
}

/** Fails where an answer has anything of the victim's in it, be it a header. */
export function expectNothingOf(victim: Victim, answer: RawAnswer, what: string, shows: readonly string[] = []): void {
  const all = [answer.body, JSON.stringify(answer.headers), JSON.stringify(answer.cookies)].join('\n')
  const rest = shows.reduce(
    (text, shown) => text.replaceAll(shown, ''),
    decodeURIComponent(all.replace(/%(?![0-9a-f]{2})/gi, '')),
  )
  for (const secret of [victim.mark, victim.password]) expect(rest, `${what} tells nothing`).not.toContain(secret)
}
