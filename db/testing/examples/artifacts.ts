import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { Spent, Store } from '../../contract.ts'
import { begin, HOUR, linked, newArtifact, proofOf, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

const GRACE = 30

export function artifacts(): void {
  test('what is kept is found by its kind and digest alone', { tag: '@v5.0.0-10.4.1' }, async ({ store, alice }) => {
    const grant = await linked(store, await begin(store, alice))
    const other = { grantId: grant.id, userId: alice, sealed: 'sealed text' }
    const wanted = newArtifact('AuthorizationCode', other)
    expect(await store.artifacts.save(wanted)).toBe(true)
    const { lifetime: _, replaces: __, ...kept } = wanted
    const found = await store.artifacts.find('AuthorizationCode', wanted.digest)
    expect(found).toEqual({ ...kept, consumedAt: null, expiresAt: expect.any(Date) })
    expect(await store.artifacts.find('RefreshToken', wanted.digest)).toBeUndefined()
    expect(await store.artifacts.find('AuthorizationCode', randomBytes(32))).toBeUndefined()
    await store.artifacts.remove('RefreshToken', wanted.digest)
    expect(await store.artifacts.find('AuthorizationCode', wanted.digest)).toBeDefined()
    await store.artifacts.remove('AuthorizationCode', wanted.digest)
    expect(await store.artifacts.find('AuthorizationCode', wanted.digest)).toBeUndefined()
  })

  test('it is not found when its time is over', async ({ store, place }) => {
    const wanted = newArtifact('Interaction', { lifetime: HOUR, userCodeDigest: randomBytes(32) })
    await store.artifacts.save(wanted)
    await place.ageLinked(HOUR - 5)
    expect(await store.artifacts.find('Interaction', wanted.digest)).toBeDefined()
    await place.ageLinked(5)
    expect(await store.artifacts.find('Interaction', wanted.digest)).toBeUndefined()
    expect(await store.artifacts.findByUserCode('Interaction', wanted.userCodeDigest as Buffer)).toBeUndefined()
    expect(await store.artifacts.spend('Interaction', wanted.digest, GRACE)).toBe('unknown')
  })

  test('saved again it is replaced, and what was used up stays so', { tag: '@v5.0.0-10.4.2' }, async ({
    store,
    alice,
  }) => {
    const grant = await linked(store, await begin(store, alice))
    const code = newArtifact('DeviceCode', { userCodeDigest: randomBytes(32) })
    await store.artifacts.save(code)
    await store.artifacts.save({ ...code, grantId: grant.id, userId: alice, sealed: 'approved' })
    const found = await store.artifacts.findByUserCode('DeviceCode', code.userCodeDigest as Buffer)
    expect(found).toMatchObject({ digest: code.digest, grantId: grant.id, sealed: 'approved', consumedAt: null })
    expect(await store.artifacts.findByUserCode('RefreshToken', code.userCodeDigest as Buffer)).toBeUndefined()
    expect(await store.artifacts.spend('DeviceCode', code.digest, 0)).toBe('spent')
    await store.artifacts.save({ ...code, grantId: grant.id })
    expect(await store.artifacts.spend('DeviceCode', code.digest, 0)).toBe('reused')
  })

  test('a code is spent by one of fifty', { tag: ['@v5.0.0-10.4.2', '@v5.0.0-15.4.2'] }, async ({ store, place }) => {
    const code = newArtifact('AuthorizationCode')
    await store.artifacts.save(code)
    const peer = await place.peer()
    const answers = await atOnce(50, (index) =>
      index % 2
        ? (peer.call('artifacts.spend', 'AuthorizationCode', code.digest, 0) as Promise<Spent>)
        : store.artifacts.spend('AuthorizationCode', code.digest, 0),
    )
    expect(answers.filter((spent) => spent === 'spent')).toHaveLength(1)
    expect(answers.filter((spent) => spent === 'reused')).toHaveLength(49)
  })

  test('a lost answer is no theft: until the grace is over another one may be made', {
    tag: '@v5.0.0-10.4.5',
  }, async ({ store, alice, place }) => {
    const { token, next, spend } = await family(store, alice)
    const first = await token()
    expect(await spend(first)).toBe('spent')
    expect((await store.artifacts.find('RefreshToken', first))?.consumedAt).toBeInstanceOf(Date)
    // Its answer was lost before anything was made, and once more after.
    expect(await spend(first)).toBe('again')
    await next(first)
    expect(await spend(first)).toBe('again')
    await place.ageLinked(GRACE)
    expect(await spend(first)).toBe('reused')
  })

  test('of those made in one place the first shown stays, and any other is a copy', {
    tag: '@v5.0.0-10.4.5',
  }, async ({ store, alice }) => {
    const { token, next, spend } = await family(store, alice)
    const first = await token()
    await spend(first)
    const [one, other] = [await next(first), await next(first)]
    expect(await spend(other)).toBe('spent')
    expect(await spend(first)).toBe('reused')
    expect(await spend(one)).toBe('reused')
    expect((await store.artifacts.find('RefreshToken', one))?.consumedAt).toBeInstanceOf(Date)
    // One whose making crossed the showing of another is a copy from the beginning.
    expect(await spend(await next(first))).toBe('reused')
    // The family goes on from the one that was shown.
    const third = await next(other)
    expect(await spend(other)).toBe('again')
    expect(await spend(third)).toBe('spent')
  })

  test('all that were made in one place run out together, so that none is forgotten before another', {
    tag: '@v5.0.0-10.4.5',
  }, async ({ store, alice, place }) => {
    for (const shownLast of [false, true]) {
      const { token, next, spend } = await family(store, alice)
      const first = await token()
      await spend(first)
      const one = await next(first)
      await place.ageLinked(GRACE - 5)
      expect(await spend(first)).toBe('again')
      const other = await next(first)
      const [shown, copy] = shownLast ? [other, one] : [one, other]
      expect(await spend(shown)).toBe('spent')
      await place.ageLinked(HOUR - GRACE)
      expect(await spend(copy)).toBe('reused')
      await place.ageLinked(5)
      await store.sessions.purge(9)
      expect(await spend(copy)).toBe('unknown')
    }
  })

  test('made in one place at once, they run out together as well', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    alice,
    place,
  }) => {
    const { id: grantId } = await linked(store, await begin(store, alice))
    const first = newArtifact('RefreshToken', { grantId })
    await store.artifacts.save(first)
    await store.artifacts.spend('RefreshToken', first.digest, GRACE)
    const peer = await place.peer()
    await atOnce(20, (index) => {
      const copy = newArtifact('RefreshToken', { grantId, replaces: first.digest, lifetime: HOUR - index })
      return index % 2 ? peer.call('artifacts.save', copy) : store.artifacts.save(copy)
    })
    expect(await place.query('select 1 from artifacts where replaces is not null')).toHaveLength(20)
    const ends = await place.query('select distinct expires_at from artifacts where replaces is not null')
    expect(ends).toHaveLength(1)
  })

  test('fifty that show the copies of one place get one successor', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    alice,
    place,
  }) => {
    const { token, next, spend } = await family(store, alice)
    const first = await token()
    await spend(first)
    const copies = await Promise.all(Array.from({ length: 10 }, () => next(first)))
    const peer = await place.peer()
    const answers = await atOnce(50, (index) => {
      const copy = copies[index % 10] as Buffer
      return index % 2 ? (peer.call('artifacts.spend', 'RefreshToken', copy, 0) as Promise<Spent>) : spend(copy, 0)
    })
    expect(answers.filter((spent) => spent === 'spent')).toHaveLength(1)
    expect(answers.filter((spent) => spent === 'reused')).toHaveLength(49)
  })

  test('nothing is kept below a grant that is over', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    const grant = await linked(store, session)
    await store.sessions.signOut(proofOf(session))
    const before = await place.dump()
    expect(await store.artifacts.save(newArtifact('RefreshToken', { grantId: grant.id }))).toBe(false)
    expect(await store.artifacts.save(newArtifact('RefreshToken', { grantId: 'unknown' }))).toBe(false)
    expect(await place.dump()).toEqual(before)
  })

  test('an identifier is good once, until it has run out', { tag: '@v5.0.0-15.4.2' }, async ({ store, place }) => {
    const peer = await place.peer()
    const answers = await atOnce(50, (index) =>
      index % 2 ? peer.call('artifacts.once', 'dpop', 'jti', HOUR) : store.artifacts.once('dpop', 'jti', HOUR),
    )
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect(await store.artifacts.once('https://other.example', 'jti', HOUR)).toBe(true)
    expect(await store.artifacts.once('dpop', 'other', HOUR)).toBe(true)
    await place.ageLinked(HOUR - 5)
    expect(await store.artifacts.once('dpop', 'jti', HOUR)).toBe(false)
    await place.ageLinked(5)
    expect(await store.artifacts.once('dpop', 'jti', HOUR)).toBe(true)
    expect(await store.artifacts.once('dpop', 'jti', HOUR)).toBe(false)
  })

  test('what has run out is swept, in small batches', async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    const offline = await linked(store, session, { offline: true, lifetime: HOUR })
    const bound = await linked(store, session, { lifetime: HOUR })
    for (let index = 0; index < 3; index++) await store.artifacts.save(newArtifact('Interaction'))
    const lasting = newArtifact('RefreshToken', { grantId: offline.id, lifetime: 9 * HOUR })
    await store.artifacts.save(lasting)
    await store.artifacts.once('dpop', 'jti', HOUR)
    expect(await store.sessions.purge(9)).toBe(0)
    await place.ageLinked(HOUR)
    expect(await store.sessions.purge(2)).toBe(2)
    expect(await store.sessions.purge(9)).toBe(2)
    // Their relying parties are told when the session ends: until then the grants stay, though they are good for nothing.
    expect(await place.query('select id from grants')).toHaveLength(2)
    await store.sessions.signOut(proofOf(session))
    expect((await store.logouts.claim(9, 60)).map(({ clientId }) => clientId).sort()).toEqual(
      [offline.clientId, bound.clientId].sort(),
    )
    expect(await store.sessions.purge(9)).toBe(1)
    const { grants, artifacts, once_ids } = await place.dump()
    expect([grants, artifacts, once_ids]).toEqual([[], [], []])
  })
}

/** A family of refresh tokens: `next` is made in the place of another. */
async function family(store: Store, userId: string) {
  const { id: grantId } = await linked(store, await begin(store, userId))
  const make = async (replaces: Buffer | null) => {
    const artifact = newArtifact('RefreshToken', { grantId, replaces })
    await store.artifacts.save(artifact)
    return artifact.digest
  }
  return {
    token: () => make(null),
    next: (replaces: Buffer) => make(replaces),
    spend: (digest: Buffer, grace = GRACE) => store.artifacts.spend('RefreshToken', digest, grace),
  }
}
