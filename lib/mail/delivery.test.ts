import { test as base, expect } from '@playwright/test'
import { StoreUnavailable } from '#db/contract.ts'
import { DAY, HOUR } from '#lib/time.ts'
import type { Message } from './compose.ts'
import { LEASE, type Office, type Round, roundsOf } from './delivery.ts'
import { Clock, eventAt, MemoryOutbox } from './testing/outbox.ts'
import { received } from './testing/received.ts'
import { type MailServer, type Manner, startMailServer } from './testing/smtp.ts'
import { type Delivery, smtpTransport } from './transport.ts'

process.env.SESSION_KEYS ||= 'mails:a-key-for-mails-only-0123456789-abcdefghijklm'

const never = new AbortController().signal

interface Fixtures {
  readonly clock: Clock
  readonly outbox: MemoryOutbox
  readonly server: MailServer
  /** What was logged, as one text. */
  readonly logged: string[]
  /** Another process that sends from the same outbox. */
  readonly another: () => Round
  readonly round: Round
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  clock: async ({}, use) => use(new Clock()),
  outbox: async ({ clock }, use) => use(new MemoryOutbox(clock)),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  logged: async ({}, use) => use([]),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  server: async ({}, use) => {
    const server = await startMailServer()
    await use(server)
    await server.stop()
  },
  another: async ({ clock, outbox, server, logged }, use) => {
    const deliver = smtpTransport(`smtp://127.0.0.1:${server.port}`, { step: 2, whole: 20 })
    await use(() =>
      roundsOf({
        outbox: () => outbox,
        deliver,
        clock: clock.read,
        log: (...line) => logged.push(JSON.stringify(line)),
      }),
    )
  },
  round: async ({ another }, use) => use(another()),
})

/** Until nothing waits; the clock goes on as far as each wait. Answers how many seconds it took. */
async function empty(round: Round, outbox: MemoryOutbox, clock: Clock): Promise<number> {
  const from = clock.at.getTime()
  for (let step = 0; outbox.rows.size > 0; step++) {
    if (step > 1000) throw new Error('the outbox does not get empty')
    if ((await round(never)) > 0) continue
    const next = Math.min(...[...outbox.rows.values()].map(({ dueAt }) => dueAt.getTime()))
    clock.forward((next - clock.at.getTime()) / 1000)
  }
  return (clock.at.getTime() - from) / 1000
}

const recipients = (server: MailServer) =>
  server.messages.map((message) => received(message).headers.get('to')?.[0]).toSorted()

test('what waits is sent, a few at a time, and goes', async ({ outbox, round, server }) => {
  const to = Array.from({ length: 12 }, (_, i) => `user-${String(i).padStart(2, '0')}@example.org`)
  for (const each of to) outbox.put({ to: each })
  expect([await round(never), await round(never), await round(never), await round(never)]).toEqual([5, 5, 2, 0])
  expect(recipients(server)).toEqual(to)
  expect(outbox.rows.size).toBe(0)
})

test('a server that puts a mail off gets it again after half a minute, then a minute, then five', async ({
  outbox,
  round,
  server,
  clock,
  logged,
}) => {
  outbox.put()
  let asked = 0
  server.manner = () => (++asked > 3 ? 'accept' : { recipient: 450 })
  expect(await empty(round, outbox, clock)).toBe(30 + 60 + 300)
  expect(recipients(server)).toEqual(['alice@example.org'])
  expect(logged).toHaveLength(3)
  expect(logged.join()).not.toContain('@')
})

test('a recipient who is refused for good is given up at once, and the log does not name them', async ({
  outbox,
  round,
  server,
  logged,
}) => {
  outbox.put({ to: 'gone@example.org' })
  server.manner = () => ({ recipient: 550 })
  await round(never)
  expect(outbox.rows.size).toBe(0)
  expect(logged).toEqual([expect.stringContaining('a mail was given up')])
  expect(logged[0]).toContain('550 EENVELOPE RCPT TO')
  expect(logged[0]).not.toMatch(/gone|secret-address|@/)
})

test('after three days of failing it is given up', async ({ outbox, clock, logged }) => {
  outbox.put()
  const round = roundsOf({
    outbox: () => outbox,
    deliver: async () => ({ outcome: 'failed', why: 'nobody is there' }),
    clock: clock.read,
    log: (...line) => logged.push(JSON.stringify(line)),
  })
  const seconds = await empty(round, outbox, clock)
  expect(seconds).toBeGreaterThanOrEqual(3 * DAY)
  expect(seconds).toBeLessThan(3 * DAY + HOUR)
  expect(logged.at(-1)).toContain('a mail was given up')
})

test('a server that hangs, dies and comes back: nothing is lost, nothing comes twice', async ({
  outbox,
  round,
  server,
  clock,
}) => {
  const to = ['hang', 'die', 'busy', 'later', 'fine', 'fine-too'].map((name) => `${name}@example.org`)
  const once: Record<string, Manner> = {
    'hang@example.org': 'hang',
    'die@example.org': 'die in the middle',
    'busy@example.org': { recipient: 421 },
    'later@example.org': { message: 451 },
  }
  server.manner = (address) => {
    const manner = once[address] ?? 'accept'
    delete once[address]
    return manner
  }
  for (const each of to) outbox.put({ to: each })
  await empty(round, outbox, clock)
  expect(recipients(server)).toEqual(to.toSorted())
})

test('a server that is down and comes up again gets everything', async ({ outbox, round, server, clock }) => {
  for (const name of ['a', 'b', 'c']) outbox.put({ to: `${name}@example.org` })
  await server.stop()
  await round(never)
  expect(outbox.rows.size).toBe(3)
  const again = await startMailServer({}, server.port)
  await empty(round, outbox, clock)
  expect(recipients(again)).toEqual(['a@example.org', 'b@example.org', 'c@example.org'])
  await again.stop()
})

test('when only the answer was lost it comes twice, under one Message-ID', async ({ outbox, round, server, clock }) => {
  outbox.put()
  let asked = 0
  // The recipient is asked about first, and then the message.
  server.manner = () => (++asked <= 2 ? 'lose the answer' : 'accept')
  await empty(round, outbox, clock)
  const ids = server.messages.map((message) => received(message).headers.get('message-id')?.[0])
  expect(ids).toHaveLength(2)
  expect(ids[0]).toMatch(/^<1\.101\.\d+@localhost>$/)
  expect(ids[1]).toBe(ids[0])
})

test('two processes send no mail twice, not even one that takes long', async ({
  outbox,
  round,
  another,
  server,
  clock,
}) => {
  const other = another()
  for (let i = 0; i < 20; i++) outbox.put({ to: `user-${i}@example.org` })
  while ((await Promise.all([round(never), other(never)])).some((seenTo) => seenTo > 0)) clock.forward(1)
  expect(new Set(recipients(server)).size).toBe(20)
  expect(server.messages).toHaveLength(20)
})

test('what one process has taken is the other’s when the lease is over, and not before', async ({ outbox, clock }) => {
  const deliveries: Message[] = []
  const office = (deliver: Office['deliver']): Office => ({
    outbox: () => outbox,
    deliver,
    clock: clock.read,
    log: () => undefined,
  })
  outbox.put()
  const dead = roundsOf(office(() => new Promise<Delivery>(() => undefined)))
  const alive = roundsOf(
    office(async (message) => {
      deliveries.push(message)
      return { outcome: 'accepted' }
    }),
  )
  // It dies with the mail in its hands.
  void dead(never)
  clock.forward(LEASE - 1)
  expect(await alive(never)).toBe(0)
  clock.forward(1)
  expect(await alive(never)).toBe(1)
  expect(deliveries).toHaveLength(1)
})

test('a mail whose acceptance could not be noted is not sent again', async ({ outbox, round, server, clock }) => {
  outbox.put()
  outbox.away = ['sent']
  await expect(round(never)).rejects.toThrow(StoreUnavailable)
  expect(server.messages).toHaveLength(1)
  outbox.away = []
  clock.forward(LEASE)
  expect(await round(never)).toBe(1)
  expect(server.messages).toHaveLength(1)
  expect(outbox.rows.size).toBe(0)
})

test('a row’s number that comes again is another mail', async ({ outbox, round, server, clock }) => {
  const id = outbox.put()
  outbox.away = ['sent']
  await expect(round(never)).rejects.toThrow(StoreUnavailable)
  outbox.away = []
  const row = outbox.rows.get(id)
  if (!row) throw new Error('it is gone')
  outbox.rows.set(id, { ...row, event: eventAt(clock.at, { seq: 999 }), to: 'other@example.org', dueAt: clock.at })
  await round(never)
  expect(recipients(server)).toEqual(['alice@example.org', 'other@example.org'])
})

test('an outage in the middle of a round keeps what it could not tell', async ({ outbox, round, server, clock }) => {
  outbox.put()
  server.manner = () => ({ recipient: 450 })
  outbox.away = ['failed']
  await expect(round(never)).rejects.toThrow(StoreUnavailable)
  outbox.away = ['claim']
  await expect(round(never)).rejects.toThrow(StoreUnavailable)
  outbox.away = []
  server.manner = () => 'accept'
  clock.forward(LEASE)
  await round(never)
  expect(server.messages).toHaveLength(1)
})

test('a mail that nobody can write holds up no other', async ({ outbox, round, server, logged }) => {
  outbox.put({ event: eventAt(new Date('2026-01-01T12:00:00Z'), { kind: 'profile-changed', seq: 5 }) })
  outbox.put({ event: eventAt(new Date(Number.NaN), { seq: 6 }) })
  outbox.put({ to: 'bob@example.org' })
  await round(never)
  expect(recipients(server)).toEqual(['bob@example.org'])
  expect([...outbox.rows.values()].map(({ failures }) => failures)).toEqual([1])
  expect(logged.join()).toContain('there are no words for it')
})
