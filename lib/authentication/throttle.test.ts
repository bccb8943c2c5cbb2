import { expect, test } from '@playwright/test'
import type { Limiter, LimiterOptions } from '#db/contract.ts'
import {
  challengeThrottle,
  codeThrottle,
  reauthenticationThrottle,
  signInThrottle,
  signUpThrottle,
} from '#lib/authentication/throttle.ts'

const browser = (name: string) => Buffer.from(name.padEnd(32))

/** The limiter of `db/contract.ts` in a few lines, with a clock that the test moves. Seconds. */
function memory(known: readonly [string, Buffer][] = []) {
  const rows = new Map<string, { taken: number; windowEnd: number; until: number }>()
  const clock = { now: 0 }
  function limiter({ attempts, seconds, blockSeconds }: LimiterOptions): Limiter {
    const open = (key: string) => {
      const row = rows.get(key)
      const windowEnd = clock.now + seconds
      return row && row.until > clock.now ? row : { taken: 0, windowEnd, until: windowEnd }
    }
    return {
      async take(key) {
        const row = open(key)
        rows.set(key, row)
        if (row.taken === attempts) row.until = Math.max(row.until, clock.now + blockSeconds)
        if (row.taken <= attempts) row.taken++
        return row.taken <= attempts ? { allowed: true } : { allowed: false, retryAfter: row.until - clock.now }
      },
      async giveBack(key) {
        const row = open(key)
        row.taken = Math.max(0, Math.min(row.taken, attempts) - 1)
        row.until = row.windowEnd
      },
    }
  }
  const sessions = {
    knowsBrowser: (userId: string, digest: Buffer) => known.some(([id, each]) => id === userId && each.equals(digest)),
  }
  return { limiter, sessions, rows, clock }
}

const alice = { email: 'alice@example.org', userId: 'alice', browserDigest: browser('new') }

async function tries(count: number, take: (i: number) => Promise<{ allowed: boolean }>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => take(i)))
  return answers.filter(({ allowed }) => allowed).length
}

test('one network gets ten tries at an account, parallel or not, and is told when to come back', async () => {
  const store = memory()
  const throttle = signInThrottle(store)
  expect(await tries(200, () => throttle.take({ ...alice, ip: '90.90.1.1' }))).toBe(10)
  expect(await throttle.take({ ...alice, ip: '90.90.1.1' })).toEqual({ allowed: false, retryAfter: 30 * 60 })
  store.clock.now = 30 * 60
  expect(await throttle.take({ ...alice, ip: '90.90.1.1' })).toMatchObject({ allowed: true })
})

test('many networks get thirty tries at an account in an hour', async () => {
  const throttle = signInThrottle(memory())
  expect(await tries(300, (i) => throttle.take({ ...alice, ip: `90.90.1.${i % 250}` }))).toBe(30)
})

test('one network gets a hundred tries over all accounts', async () => {
  const throttle = signInThrottle(memory())
  const spray = (i: number) => throttle.take({ ...alice, email: `user${i}@example.org`, ip: '90.90.1.1' })
  expect(await tries(300, spray)).toBe(100)
})

test('hammering one account does not keep others on the same network out', async () => {
  const throttle = signInThrottle(memory())
  await tries(500, () => throttle.take({ ...alice, ip: '90.90.1.1' }))
  const colleague = { ...alice, email: 'bob@example.org', userId: 'bob' }
  expect(await throttle.take({ ...colleague, ip: '90.90.1.1' })).toMatchObject({ allowed: true })
})

test('a household with a /64 of addresses is one network', async () => {
  const throttle = signInThrottle(memory())
  expect(await tries(100, (i) => throttle.take({ ...alice, ip: `2a01:e0a:1:2::${i.toString(16)}` }))).toBe(10)
})

test('who hides the address shares one bucket with all who do', async () => {
  const throttle = signInThrottle(memory())
  expect(await tries(50, () => throttle.take({ ...alice, ip: null }))).toBe(10)
})

test('an unknown address is throttled exactly like a known one', async () => {
  const answers = async (userId: string | null) => {
    const throttle = signInThrottle(memory([['alice', browser('hers')]]))
    const all = []
    for (let i = 0; i < 45; i++) {
      const { allowed, ...rest } = await throttle.take({ ...alice, userId, ip: `90.90.1.${i % 4}` })
      all.push([allowed, 'retryAfter' in rest ? rest.retryAfter : 0])
    }
    return all
  }
  expect(await answers(null)).toEqual(await answers('alice'))
})

test('under attack the owner gets in from a browser that has been there before', async () => {
  const throttle = signInThrottle(memory([['alice', browser('hers')]]))
  await tries(500, (i) => throttle.take({ ...alice, ip: `90.90.${i % 2}.${i % 250}` }))
  const own = { ...alice, browserDigest: browser('hers'), ip: '90.90.1.1' }
  expect(await throttle.take({ ...alice, ip: '80.80.1.1' })).toMatchObject({ allowed: false })
  expect(await throttle.take(own)).toMatchObject({ allowed: true })
  // It is no way around the ceiling: the browser has a bucket too, and is known to one account only.
  expect(await tries(50, () => throttle.take(own))).toBe(9)
  const other = { ...own, email: 'bob@example.org', userId: 'bob' }
  expect(await tries(50, () => throttle.take({ ...other, ip: '70.70.1.1' }))).toBe(10)
})

test('a single network, trying all day, never keeps the owner of a new device out', async () => {
  const store = memory()
  const throttle = signInThrottle(store)
  for (store.clock.now = 0; store.clock.now < 24 * 3600; store.clock.now += 55) {
    await throttle.take({ ...alice, ip: '90.90.1.1' })
    if (store.clock.now % 1100 > 0) continue
    const owner = await throttle.take({ ...alice, ip: '80.80.1.1' })
    expect(owner.allowed, `after ${store.clock.now} s`).toBe(true)
    if (owner.allowed) await owner.giveBack()
  }
})

test('a network that is blocked uses up nobody’s account', async () => {
  const throttle = signInThrottle(memory())
  await tries(100, (i) => throttle.take({ ...alice, email: `user${i}@example.org`, ip: '90.90.1.1' }))
  await tries(100, () => throttle.take({ ...alice, ip: '90.90.1.1' }))
  expect(await tries(50, () => throttle.take({ ...alice, ip: '80.80.1.1' }))).toBe(10)
})

test('a block ends by itself while somebody keeps knocking', async () => {
  const store = memory()
  const throttle = signInThrottle(store)
  for (store.clock.now = 0; store.clock.now < 30 * 60; store.clock.now += 10) {
    await throttle.take({ ...alice, ip: '90.90.1.1' })
  }
  store.clock.now = 32 * 60
  expect(await throttle.take({ ...alice, ip: '90.90.1.1' })).toMatchObject({ allowed: true })
})

test('right passwords are no attack: each gives back what it took, everywhere', async () => {
  const throttle = signInThrottle(memory())
  for (let i = 0; i < 300; i++) {
    const attempt = await throttle.take({ ...alice, ip: '90.90.1.1' })
    expect(attempt.allowed).toBe(true)
    if (attempt.allowed) await attempt.giveBack()
  }
})

test('people who do the same thing at once shut nobody out: blocks fall with the attempts they came of', async () => {
  const store = memory([['alice', browser('hers')]])
  const own = { ...alice, browserDigest: browser('hers'), ip: '90.90.1.1' }
  const crowds = [
    () => signUpThrottle(store).take({ ip: '90.90.1.1' }),
    () => signInThrottle(store).take(own),
    () => signInThrottle(store).take({ ...alice, ip: '90.90.1.1' }),
    () => reauthenticationThrottle(store).take({ userId: 'alice', sessionId: 'own' }),
  ]
  for (const take of crowds) {
    const attempts = await Promise.all(Array.from({ length: 14 }, take))
    expect(attempts.filter(({ allowed }) => !allowed)).not.toHaveLength(0)
    for (const attempt of attempts) if (attempt.allowed) await attempt.giveBack()
    expect(await tries(1, take), 'afterwards').toBe(1)
  }
})

test('what one count refuses is taken from no other: knocking at a blocked account blocks nothing else', async () => {
  const store = memory()
  const throttle = signInThrottle(store)
  await tries(40, (i) => throttle.take({ ...alice, ip: `90.90.1.${i}` }))
  const retryAfter = async () => {
    const answer = await throttle.take({ ...alice, ip: '80.80.1.1' })
    return answer.allowed ? 0 : answer.retryAfter
  }
  const wait = await retryAfter()
  for (store.clock.now = 0; store.clock.now < wait; store.clock.now += 10) await retryAfter()
  store.clock.now = wait
  expect(await retryAfter()).toBe(0)
})

test('knocking at a blocked sign-up is no sign-up', async () => {
  const store = memory()
  const throttle = signUpThrottle(store)
  for (store.clock.now = 0; store.clock.now < 3600; store.clock.now += 5) await throttle.take({ ip: '90.90.1.1' })
  store.clock.now = 3650
  expect(await throttle.take({ ip: '90.90.1.1' })).toMatchObject({ allowed: true })
})

test('confirming is counted by session, apart from signing in', async () => {
  const store = memory()
  await tries(500, (i) => signInThrottle(store).take({ ...alice, ip: `90.90.1.${i % 250}` }))
  const throttle = reauthenticationThrottle(store)
  expect(await tries(50, () => throttle.take({ userId: 'alice', sessionId: 'stolen' }))).toBe(8)
  expect(await throttle.take({ userId: 'alice', sessionId: 'own' })).toMatchObject({ allowed: true })
})

test('no session that lasts twelve hours gets a hundred tries', async () => {
  const store = memory()
  const throttle = reauthenticationThrottle(store)
  let allowed = 0
  for (store.clock.now = 0; store.clock.now < 12 * 3600; store.clock.now += 5) {
    if ((await throttle.take({ userId: 'alice', sessionId: 'stolen' })).allowed) allowed++
  }
  expect(allowed).toBeLessThan(100)
})

test('one network may ask about ten taken addresses, and sign three hundred people up', async () => {
  const asking = signUpThrottle(memory())
  expect(await tries(50, () => asking.take({ ip: '90.90.1.1' }))).toBe(10)
  const making = signUpThrottle(memory())
  let made = 0
  for (let i = 0; i < 400; i++) {
    const attempt = await making.take({ ip: '90.90.1.1' })
    if (!attempt.allowed) continue
    made++
    await attempt.giveBack()
  }
  expect(made).toBe(300)
})

const alices = { userId: 'alice', securityVersion: 1 }

test('an account gets ten tries at a code in half an hour, parallel or not', async () => {
  const store = memory()
  const throttle = codeThrottle(store)
  expect(await tries(200, () => throttle.take(alices))).toBe(10)
  expect(await throttle.take(alices)).toEqual({ allowed: false, retryAfter: 30 * 60, lasting: false })
  expect(await throttle.take({ ...alices, userId: 'bob' })).toMatchObject({ allowed: true })
  store.clock.now = 30 * 60
  expect(await throttle.take(alices)).toMatchObject({ allowed: true })
})

test('guessing all year, under whatever sign-in, gets fewer than a hundred tries', async () => {
  const store = memory()
  const throttle = codeThrottle(store)
  let allowed = 0
  for (store.clock.now = 0; store.clock.now < 365 * 86_400; store.clock.now += 1800) {
    allowed += await tries(11, () => throttle.take(alices))
  }
  expect(allowed).toBe(90)
  expect(await throttle.take({ ...alices, userId: 'bob' })).toMatchObject({ allowed: true })
})

test('what waiting does not mend is said, and a changed authenticator mends it; a burst it does not', async () => {
  const store = memory()
  const throttle = codeThrottle(store)
  for (let i = 0; i < 9; i++, store.clock.now += 1800) await tries(10, () => throttle.take(alices))
  expect(await throttle.take(alices)).toMatchObject({ allowed: false, lasting: true })
  expect(await tries(50, () => throttle.take({ ...alices, securityVersion: 2 }))).toBe(10)
  expect(await tries(50, () => throttle.take({ ...alices, securityVersion: 3 }))).toBe(0)
})

test('right codes count for nothing, however many', async () => {
  const store = memory()
  const throttle = codeThrottle(store)
  for (let i = 0; i < 500; i++) {
    const attempt = await throttle.take(alices)
    expect(attempt.allowed).toBe(true)
    if (attempt.allowed) await attempt.giveBack()
  }
  expect(await tries(50, () => throttle.take(alices))).toBe(10)
})

test('a network gets six hundred challenges in a quarter of an hour, and takes none from another', async () => {
  const store = memory()
  const throttle = challengeThrottle(store)
  expect(await tries(700, (i) => throttle.take({ ip: `2a01:e0a:1:2::${i.toString(16)}` }))).toBe(600)
  expect(await throttle.take({ ip: '90.90.1.1' })).toMatchObject({ allowed: true })
  for (const known of [{ half: 'one' }, { session: 'one' }]) {
    expect(await throttle.take(known), 'whoever is known is counted apart').toMatchObject({ allowed: true })
  }
  store.clock.now = 15 * 60
  expect(await throttle.take({ ip: '2a01:e0a:1:2::1' })).toMatchObject({ allowed: true })
})

test('keys are digests: neither an address nor a network can be read from them', async () => {
  const store = memory()
  await signInThrottle(store).take({ ...alice, ip: '90.90.1.1' })
  await signUpThrottle(store).take({ ip: '90.90.1.1' })
  await reauthenticationThrottle(store).take({ userId: 'alice', sessionId: 'own' })
  await codeThrottle(store).take(alices)
  await challengeThrottle(store).take({ ip: '90.90.1.1' })
  expect(store.rows.size).toBe(9)
  for (const key of store.rows.keys()) expect(key).toMatch(/^[\w-]{43}$/)
})

test('no choice of address makes the key of another bucket', async () => {
  const store = memory()
  for (const email of ['a', 'a","b', 'a"]', '', '__proto__', '90.90.1.1', 'x'.repeat(100_000)]) {
    const before = store.rows.size
    await signInThrottle(store).take({ ...alice, email, ip: '90.90.1.1' })
    expect(store.rows.size - before).toBe(before === 0 ? 3 : 2)
  }
})
