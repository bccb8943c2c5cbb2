import { expect, test } from '@playwright/test'
import { secondsAfter } from '#lib/time.ts'
import type { Message } from './channel.ts'
import type { Found } from './requests.ts'
import type { Surroundings } from './view.ts'
import { Watch } from './watch.ts'

const BEGAN = new Date('2026-03-01T12:00:00Z')
const WHO = { sessionId: 'this', accountId: 'alice' }

/** A browser and a server of cardboard: time passes when told to, and the server answers what it is told to. */
class Cardboard implements Surroundings {
  passed = 0
  /** What is wrong with this machine's clock. */
  skew = 0
  idleAt = 900
  endAt = 28_800
  answer: Found['state'] | 'other session' | 'other account' = 'standing'
  said: string[] = []
  posted: Message[] = []
  #timers = new Map<number, { at: number; call: () => void }>()
  #nextTimer = 0

  now = () => secondsAfter(BEGAN, this.passed + this.skew)
  after = (seconds: number, call: () => void) => {
    const id = this.#nextTimer++
    this.#timers.set(id, { at: this.passed + seconds, call })
    return () => this.#timers.delete(id)
  }
  told = () => ({
    now: secondsAfter(BEGAN, this.passed).toISOString(),
    idleExpiresAt: secondsAfter(BEGAN, this.idleAt).toISOString(),
    expiresAt: secondsAfter(BEGAN, this.endAt).toISOString(),
    warning: 120,
  })
  ask = async (): Promise<Found> => {
    this.said.push('asked')
    if (this.answer === 'none' || this.answer === 'unreachable') return { state: this.answer }
    const sessionId = this.answer === 'standing' ? 'this' : 'other'
    const accountId = this.answer === 'other account' ? 'mallory' : 'alice'
    return { state: 'standing', sessionId, accountId, timeouts: this.told() }
  }
  report = async (stay: boolean) => {
    this.said.push(stay ? 'stayed' : 'reported')
    if (this.answer !== 'standing') return this.answer === 'none' ? 'none' : 'unreachable'
    this.idleAt = Math.min(this.passed + 900, this.endAt)
    return 'noted' as const
  }
  post = (message: Message) => void this.posted.push(message)
  noteReach = (reach: string) => void (reach !== 'reached' && this.said.push(reach))
  keepDrafts = () => void this.said.push('kept drafts')
  comeBack = (same: boolean) => void this.said.push(same ? 'came back' : 'left')
  rest = () => void this.said.push('rested')

  /** Lets time pass in steps, so that timers set on the way run too. */
  async pass(seconds: number): Promise<void> {
    const until = this.passed + seconds
    for (;;) {
      await settled()
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0]
      if (!due) break
      this.passed = Math.max(this.passed, due[1].at)
      this.#timers.delete(due[0])
      due[1].call()
    }
    this.passed = until
    await settled()
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null
}

function opened(change: Partial<Cardboard> = {}) {
  const world = Object.assign(new Cardboard(), change)
  const watch = new Watch(WHO, world.told(), world)
  watch.tick()
  return { world, watch }
}

test('warns two minutes before the inactivity timeout, counts down, and then shows nothing more', async () => {
  const { world, watch } = opened()
  await world.pass(779)
  expect(watch.view.alarm).toBeNull()
  await world.pass(1)
  expect(watch.view).toMatchObject({ alarm: 'idle', left: 120 })
  await world.pass(61)
  expect(watch.view.left).toBe(59)
  world.answer = 'none'
  await world.pass(59)
  expect(watch.view).toMatchObject({ alarm: null, lock: { reason: 'idle', at: secondsAfter(BEGAN, 900) } })
  expect(world.said).toContain('kept drafts')
  await world.pass(1)
  expect(watch.over).toBe(true)
})

test('a clock that is wrong by hours changes nothing', async () => {
  const { world, watch } = opened({ skew: -7200 })
  await world.pass(780)
  expect(watch.view).toMatchObject({ alarm: 'idle', left: 120 })
})

test('a clock that is set forward while the page is open opens no warning and ends nothing', async () => {
  const { world, watch } = opened()
  world.skew = 800
  await world.pass(10)
  expect(watch.view.alarm).toBeNull()
  world.skew = 50_000
  await world.pass(10)
  expect(watch.view).toMatchObject({ alarm: null, lock: null })
})

test('does not warn in a browser whose person is busy elsewhere', async () => {
  const { world, watch } = opened()
  await world.pass(700)
  world.idleAt = 1600
  await world.pass(100)
  expect(watch.view.alarm).toBeNull()
})

test('only Stay signed in renews once the warning is open', async () => {
  const { world, watch } = opened()
  await world.pass(790)
  await watch.input()
  expect(world.said).not.toContain('reported')
  await watch.stay()
  expect(world.said).toContain('stayed')
  expect(watch.view).toMatchObject({ alarm: null, stay: 'ready' })
})

test('a renewal that fails is said, and the time runs on', async () => {
  const { world, watch } = opened()
  await world.pass(790)
  world.answer = 'unreachable'
  await watch.stay()
  await world.pass(20)
  expect(watch.view).toMatchObject({ alarm: 'idle', stay: 'failed', left: 90 })
})

test('what another tab was told closes the warning here', async () => {
  const { world, watch } = opened()
  await world.pass(790)
  world.idleAt = 1690
  watch.hear({ type: 'timeouts', sessionId: 'this', timeouts: world.told() })
  expect(watch.view.alarm).toBeNull()
})

test('input is reported at most once a minute in a browser', async () => {
  const { world, watch } = opened()
  for (let press = 0; press < 30; press++) {
    await world.pass(10)
    await watch.input()
  }
  expect(world.said.filter((word) => word === 'reported')).toHaveLength(5)
  await world.pass(59)
  watch.hear({ type: 'reported', sessionId: 'this' })
  await world.pass(1)
  await watch.input()
  expect(world.said.filter((word) => word === 'reported')).toHaveLength(5)
})

test('near the absolute limit a notice that can be put away, and no staying', async () => {
  const { world, watch } = opened({ idleAt: 600, endAt: 600 })
  await world.pass(481)
  expect(watch.view).toMatchObject({ alarm: 'end', left: 119 })
  watch.dismiss()
  await world.pass(60)
  expect(watch.view.alarm).toBeNull()
  world.answer = 'none'
  await world.pass(60)
  expect(watch.view.lock).toMatchObject({ reason: 'expired' })
})

test('the end is shown at once, with its reason, and stays', async () => {
  const { world, watch } = opened()
  watch.ended('revoked', '2026-03-01T12:02:00Z')
  expect(watch.view.lock).toEqual({ reason: 'revoked', at: new Date('2026-03-01T12:02:00Z'), returning: false })
  expect(world.said).toEqual(['kept drafts', 'rested'])
  watch.tell(world.told())
  expect(watch.view.lock).not.toBeNull()
})

test('an answer that was on its way when the end was told brings nothing back', async () => {
  const { watch } = opened()
  const answered = watch.verify()
  watch.ended('signed-out', null)
  await answered
  expect(watch.view.lock).toMatchObject({ reason: 'signed-out', returning: false })
})

test('one refusal hides the page, a second one ends it', async () => {
  const { world, watch } = opened({ answer: 'none' })
  void watch.verify()
  await settled()
  expect(watch.view).toMatchObject({ hidden: true, lock: null })
  await world.pass(1)
  expect(watch.view.lock).toMatchObject({ reason: null })
  expect(world.posted).toContainEqual({ type: 'ended', sessionId: 'this', reason: null, at: null })
})

test('a refusal that overtook a new cookie costs nothing', async () => {
  const { world, watch } = opened({ answer: 'none' })
  void watch.verify()
  await settled()
  world.answer = 'standing'
  await world.pass(1)
  expect(watch.view).toMatchObject({ hidden: false, lock: null })
})

test('a page from the browser’s memory stays hidden until the server can be asked', async () => {
  const { world, watch } = opened({ answer: 'unreachable' })
  watch.hide()
  await watch.verify()
  expect(watch.view.hidden).toBe(true)
  world.answer = 'standing'
  watch.hear({ type: 'reach', sessionId: 'this', reach: 'reached' })
  await settled()
  expect(watch.view.hidden).toBe(false)
})

test('locked by the clock while the server was away, open again when it says that the session stands', async () => {
  const { world, watch } = opened()
  await world.pass(770)
  world.answer = 'unreachable'
  await world.pass(140)
  expect(watch.view.lock).toMatchObject({ reason: 'idle' })
  expect(watch.over).toBe(false)
  world.answer = 'standing'
  world.idleAt = 1500
  await watch.verify()
  expect(watch.view.lock).toBeNull()
})

for (const [answer, outcome] of [
  ['other session', 'came back'],
  ['other account', 'left'],
] as const) {
  test(`signed in again in another tab, ${answer}: ${outcome}`, async () => {
    const { world, watch } = opened({ answer })
    watch.ended('idle', null)
    watch.hear({ type: 'began', sessionId: 'other' })
    await settled()
    expect(watch.view.lock?.returning).toBe(true)
    expect(world.said.at(-1)).toBe(outcome)
  })
}
