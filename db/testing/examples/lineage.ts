import { expect } from '@playwright/test'
import type { Grant, SessionCheck, Store } from '../../contract.ts'
import {
  begin,
  byPerson,
  event,
  HOUR,
  LOCKING,
  linked,
  MINUTE,
  NO_LIMIT,
  newArtifact,
  newGrant,
  newSession,
  proofOf,
  registered,
  signUp,
  test,
} from '../../testing.ts'
import { atOnce } from '../at-once.ts'
import type { Place } from '../place.ts'

interface Household {
  readonly store: Store
  readonly place: Place
  readonly session: SessionCheck
}

/** Whatever ends a session ends what hangs on it. */
const ENDS: Readonly<Record<string, (household: Household) => unknown>> = {
  'signing out': ({ store, session }) => store.sessions.signOut(proofOf(session)),
  'signing it out from elsewhere': async ({ store, session }) =>
    store.sessions.end(proofOf(await begin(store, session.userId)), session.id, null),
  'signing out the others': async ({ store, session }) =>
    store.sessions.endOthers(proofOf(await begin(store, session.userId)), null),
  'a copy of its token': ({ store, session }) => store.sessions.endAs(session, 'replayed'),
  'signing in again in the same browser': ({ store, session }) =>
    store.sessions.begin(newSession(session.userId, { replaces: session.id }), NO_LIMIT),
  'the limit on sessions': ({ store, session }) =>
    store.sessions.begin(newSession(session.userId), { most: 1, action: 'end-oldest' }),
  'other circumstances': ({ store, session }) => {
    const to = { ...newSession(session.userId), ip: null, place: null }
    return store.sessions.changeCircumstances(proofOf(session), to, 'ended', event('circumstances-changed', null))
  },
  inactivity: async ({ store, place }) => {
    await place.age(15 * MINUTE)
    await store.sessions.sweep(9)
  },
  'its lifetime': async ({ store, place }) => {
    await place.age(8 * HOUR)
    await store.sessions.sweep(9)
  },
  'an administrator who ends it': ({ store, session: { userId, id } }) =>
    store.users.change(
      { by: 'shell', userId },
      { kind: 'sessions-ended', sessionId: id },
      event('profile-changed', userId),
    ),
}

/** Somebody else was in the session: who knows whose consent it was. */
const STOLEN: readonly string[] = ['a copy of its token', 'other circumstances']

export function lineage(): void {
  for (const [cause, happens] of Object.entries(ENDS)) {
    test(`${cause} ends what hangs on the session, in the same step`, {
      tag: ['@v5.0.0-7.4.1', '@v5.0.0-7.4.2'],
    }, async ({ store, place, alice }) => {
      const former = await begin(store, alice)
      const elsewhere = await withToken(store, former, true)
      await store.sessions.signOut(proofOf(former))
      for (const { id } of await store.logouts.claim(9, 60)) await store.logouts.sent(id)
      const session = await begin(store, alice)
      const bound = await withToken(store, session)
      const offline = await withToken(store, session, true)
      const bystander = await withToken(store, await begin(store, await signUp(store), { remembered: true }))
      const clientId = await registered(store, { backchannelLogoutUri: null })
      await linked(store, session, { clientId, offline: true })
      await happens({ store, place, session })
      expect(await store.sessions.check(session.id)).toBeUndefined()
      expect(await left(store, bound)).toEqual([false, false])
      const goesOn = !STOLEN.includes(cause)
      expect(await left(store, offline)).toEqual([goesOn, goesOn])
      expect(await left(store, elsewhere)).toEqual([true, true])
      expect(await left(store, bystander)).toEqual([true, true])
      const check = await store.grants.check(offline.grant.id)
      const detached = { session: null, grant: { sessionId: null, madeIn: session.id } }
      if (goesOn) expect(check).toMatchObject(detached)
      // Whoever asked to be told is told, also those whose grant goes on; nobody twice.
      const told = (await store.logouts.claim(9, 60)).map(({ clientId, sessionId }) => [clientId, sessionId])
      const wanted = [bound, offline].map(({ grant }) => [grant.clientId, session.id])
      expect(told.sort()).toEqual(wanted.sort())
    })
  }

  test('an application with several grants in a session is told once', async ({ store, alice }) => {
    const session = await begin(store, alice)
    const clientId = await registered(store)
    for (const offline of [false, true]) await linked(store, session, { clientId, offline })
    await store.sessions.endAll(proofOf(session), null)
    expect(await store.logouts.claim(9, 60)).toMatchObject([{ clientId, sessionId: session.id }])
  })

  test('a lock ends what hangs on the session, but for what may outlive it', { tag: '@v5.0.0-7.3.1' }, async ({
    place,
    store,
    alice,
  }) => {
    const locking = await place.open(LOCKING)
    for (const locked of ['by a request', 'by the sweep', 'by circumstances']) {
      const session = await begin(store, alice)
      const [bound, offline] = [await withToken(store, session), await withToken(store, session, true)]
      if (locked === 'by circumstances') {
        const to = { ...newSession(alice), ip: null, place: null }
        const changed = event('circumstances-changed', alice)
        await locking.sessions.changeCircumstances(proofOf(session), to, 'locked', changed)
      } else {
        await place.age(15 * MINUTE, session.id)
        const seen = await locking.sessions.check(session.id)
        if (locked === 'by a request') expect(seen && (await locking.sessions.lock(seen))).toBe(true)
        else expect(await locking.sessions.sweep(9)).toBe(1)
      }
      expect(await left(locking, bound), locked).toEqual([false, false])
      expect(await left(locking, offline), locked).toEqual([true, true])
      expect((await locking.sessions.check(session.id))?.lockedAt, locked).toBeInstanceOf(Date)
      expect(await store.logouts.claim(9, 60)).toMatchObject([{ clientId: bound.grant.clientId }])
      await locking.sessions.endForUser(alice, { endedBy: null })
      expect(await store.logouts.claim(9, 60)).toMatchObject([{ clientId: offline.grant.clientId }])
    }
  })

  test('what was granted in an earlier epoch is over', { tag: '@v5.0.0-7.4.1' }, async ({ place, store, alice }) => {
    const session = await begin(store, alice)
    const offline = await withToken(store, session, true)
    const consent = newArtifact('Interaction')
    await store.artifacts.save(consent)
    const later = await place.open({ epoch: () => 2 })
    expect(await left(later, offline)).toEqual([false, false])
    expect(await later.grants.list(alice)).toEqual([])
    expect(await later.artifacts.find('Interaction', consent.digest)).toBeUndefined()
    expect(await later.artifacts.spend('RefreshToken', offline.digest, 0)).toBe('unknown')
    const late = newArtifact('RefreshToken', { grantId: offline.grant.id })
    expect(await later.artifacts.save(late)).toBe(false)
    expect(await left(store, offline)).toEqual([true, true])
  })

  test('enabling an account revives nothing that was linked', { tag: '@v5.0.0-7.4.2' }, async ({ store, alice }) => {
    const offline = await withToken(store, await begin(store, alice), true)
    const shell = { by: 'shell', userId: alice } as const
    await store.users.change(shell, { kind: 'account-disabled' }, event('account-disabled', alice))
    await store.users.change(shell, { kind: 'account-enabled' }, event('account-enabled', alice))
    expect(await left(store, offline)).toEqual([false, false])
    expect(await store.grants.list(alice)).toEqual([])
  })

  test('who changes a password may let applications be', { tag: '@v5.0.0-7.4.3' }, async ({ store, alice }) => {
    const session = await begin(store, alice)
    const [bound, offline] = [await withToken(store, session), await withToken(store, session, true)]
    const change = { kind: 'password-changed', passwordHash: 'other', endOthers: false } as const
    await store.users.change(byPerson(session), change, event('password-changed', alice))
    expect([await left(store, bound), await left(store, offline)].flat()).toEqual([true, true, true, true])
    expect(await store.logouts.waiting()).toMatchObject({ count: 0 })
  })

  test('the command line ends everything, also what outlives its session', { tag: '@v5.0.0-7.4.5' }, async ({
    store,
    alice,
  }) => {
    const by = { endedBy: null }
    for (const end of [() => store.sessions.endForUser(alice, by), () => store.sessions.endForEverybody(by)]) {
      const former = await begin(store, alice)
      const detached = await withToken(store, former, true)
      await store.sessions.signOut(proofOf(former))
      const attached = await withToken(store, await begin(store, alice), true)
      const code = newArtifact('AuthorizationCode', { userId: alice })
      await store.artifacts.save(code)
      await end()
      for (const one of [detached, attached]) expect(await left(store, one)).toEqual([false, false])
      expect(await store.artifacts.find('AuthorizationCode', code.digest)).toBeUndefined()
    }
  })

  test('what is linked while everybody’s sessions end goes with its session, and the next one keeps its own', {
    tag: '@v5.0.0-7.4.5',
  }, async ({ store, place, alice }) => {
    const [attached, former] = [await begin(store, alice), await begin(store, alice)]
    const meanwhile = [await withToken(store, attached, true), await withToken(store, former, true)]
    // As if they had consented once the ends had begun, and one had signed out before its turn came.
    await store.sessions.signOut(proofOf(former))
    await place.ageLinked(-MINUTE)
    await store.sessions.endForEverybody({ endedBy: null })
    for (const one of meanwhile) expect(await left(store, one)).toEqual([false, false])
    const next = await withToken(store, await begin(store, alice), true)
    expect(await left(store, next)).toEqual([true, true])
    await place.ageLinked(MINUTE)
    const told = await store.logouts.claim(9, 60)
    expect(told.filter(({ clientId }) => clientId === meanwhile[0]?.grant.clientId)).toHaveLength(1)
    expect(told.filter(({ clientId }) => clientId === meanwhile[1]?.grant.clientId)).toHaveLength(2)
  })

  test('whatever is linked while its session ends, nothing is left of it', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-15.4.2'],
  }, async ({ store, place, alice }) => {
    const peer = await place.peer()
    const clientId = await registered(store)
    for (let round = 0; round < 5; round++) {
      const session = await begin(store, alice)
      const wanted = Array.from({ length: 10 }, () => newGrant(clientId))
      const linking = event('app-linked', alice)
      await atOnce(11, (index) => {
        const grant = wanted[index < 5 ? index : index - 1] ?? newGrant(clientId)
        return index === 5
          ? peer.call('sessions.signOut', proofOf(session))
          : store.grants.begin(proofOf(session), grant, linking)
      })
      for (const { id } of wanted) expect(await store.grants.check(id)).toBeUndefined()
    }
    expect(await place.query('select id from grants')).toEqual([])
  })

  test('whatever a code is exchanged for while its session ends, nothing is left of it', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-15.4.2'],
  }, async ({ store, place, alice }) => {
    const peer = await place.peer()
    const session = await begin(store, alice)
    const grant = await linked(store, session)
    await atOnce(31, (index) => {
      if (index === 15) return peer.call('sessions.signOut', proofOf(session))
      const token = newArtifact('RefreshToken', { grantId: grant.id })
      return index % 2 ? peer.call('artifacts.save', token) : store.artifacts.save(token)
    })
    expect(await store.artifacts.save(newArtifact('RefreshToken', { grantId: grant.id }))).toBe(false)
    expect(await place.query('select digest from artifacts')).toEqual([])
  })

  test('nothing is linked to an application that is being removed', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    place,
    alice,
  }) => {
    const peer = await place.peer()
    const session = await begin(store, alice)
    const clientId = await registered(store)
    const answers = await atOnce(21, (index) =>
      index === 10
        ? peer.call('clients.remove', 'shell', clientId, null)
        : store.grants.begin(proofOf(session), newGrant(clientId), event('app-linked', alice)),
    )
    expect(answers[10]).toBe('removed')
    const late = newGrant(clientId)
    expect(await store.grants.begin(proofOf(session), late, event('app-linked', alice))).toBe('unknown-client')
    expect(await place.query('select id from grants')).toEqual([])
  })
}

async function withToken(store: Store, session: SessionCheck, offline = false) {
  const grant = await linked(store, session, { offline })
  const { digest, ...token } = newArtifact('RefreshToken', { grantId: grant.id })
  await store.artifacts.save({ digest, ...token })
  return { grant, digest }
}

/** Whether the grant is left, and its token. */
async function left(store: Store, { grant, digest }: { grant: Grant; digest: Buffer }): Promise<boolean[]> {
  const found = [await store.grants.check(grant.id), await store.artifacts.find('RefreshToken', digest)]
  return found.map((one) => one !== undefined)
}
