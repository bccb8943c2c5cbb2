import { expect } from '@playwright/test'
import type { Client, ClientKey, NewEvent, Registrar, SessionCheck, Store } from '../../contract.ts'
import { begin, event, linked, newArtifact, proofOf, randomId, registered, signUp, test } from '../../testing.ts'

const FULL: Omit<Client, 'createdAt'> = {
  id: 'notes',
  name: 'Notes “for all”',
  secretDigest: Buffer.alloc(32, 7),
  publicKeys: [],
  redirectUris: ['https://notes.example/callback', 'http://127.0.0.1/callback'],
  postLogoutRedirectUris: ['https://notes.example/'],
  backchannelLogoutUri: 'https://notes.example/logout',
  scope: 'openid profile',
  device: true,
}

export function clients(): void {
  test('an application is found as it was registered', { tag: '@v5.0.0-10.4.1' }, async ({ store }) => {
    expect(await store.clients.add('shell', FULL)).toBe('added')
    expect(await store.clients.find('notes')).toEqual({ ...FULL, createdAt: expect.any(Date) })
    expect(await store.clients.find('Notes')).toBeUndefined()
    const plain = await registered(store, { secretDigest: null, backchannelLogoutUri: null })
    expect(await store.clients.find(plain)).toMatchObject({ secretDigest: null, backchannelLogoutUri: null })
    expect((await store.clients.list()).map(({ id }) => id)).toEqual(['notes', plain])
  })

  test('its public keys are kept in their order, as they were registered', { tag: '@v5.0.0-10.4.16' }, async ({
    store,
  }) => {
    const publicKeys: readonly ClientKey[] = [
      { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: '“next”, 2' },
      { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
    ]
    const keyed = await registered(store, { secretDigest: null, publicKeys })
    expect(await store.clients.find(keyed)).toMatchObject({ secretDigest: null, publicKeys })
    const plain = await registered(store)
    expect((await store.clients.list()).map((each) => each.publicKeys)).toEqual([publicKeys, []])
    expect((await store.clients.find(plain))?.publicKeys).toEqual([])
    const session = await begin(store, await signUp(store))
    const grant = await linked(store, session, { clientId: keyed })
    expect(await store.grants.list(session.userId), 'a list of grants names it alone').toMatchObject([{ id: grant.id }])
  })

  test('an id belongs to the first who took it', async ({ store }) => {
    await store.clients.add('shell', FULL)
    const other = { ...FULL, redirectUris: ['https://elsewhere.example/'] }
    expect(await store.clients.add('shell', other)).toBe('id-taken')
    expect(await store.clients.find('notes')).toMatchObject({ redirectUris: FULL.redirectUris })
  })

  test('removing one ends all its grants, and nobody else’s', { tag: '@v5.0.0-10.4.9' }, async ({ store, alice }) => {
    const session = await begin(store, alice)
    const clientId = await registered(store)
    const mine = [await linked(store, session, { clientId }), await linked(store, session, { clientId, offline: true })]
    const other = await linked(store, session)
    const token = newArtifact('RefreshToken', { grantId: mine[0]?.id ?? '' })
    await store.artifacts.save(token)
    expect(await store.clients.remove('shell', clientId, null)).toBe('removed')
    for (const { id } of mine) expect(await store.grants.check(id)).toBeUndefined()
    expect(await store.artifacts.find('RefreshToken', token.digest)).toBeUndefined()
    expect(await store.clients.find(clientId)).toBeUndefined()
    expect(await store.grants.list(alice)).toMatchObject([{ id: other.id }])
    expect(await store.logouts.claim(9, 60)).toMatchObject([{ clientId, sessionId: session.id, userId: alice }])
    expect(await store.clients.remove('shell', clientId, null)).toBe('not-found')
  })

  test('an administrator registers and removes, and it is written down', { tag: '@v5.0.0-16.3.1' }, async ({
    store,
  }) => {
    const { root, by } = await administrator(store)
    expect(await store.clients.add(by, FULL)).toBe('added')
    expect(await store.clients.remove(by, 'notes', 'unused')).toBe('removed')
    const kinds = ['client-added', 'client-removed'] as const
    const events = await store.events.list({ userId: root.userId, kinds, before: null, most: 9 })
    expect(events).toMatchObject([
      { kind: 'client-removed', sessionId: root.id, detail: { client: 'notes', name: FULL.name, reason: 'unused' } },
      { kind: 'client-added', sessionId: root.id, detail: { client: 'notes', name: FULL.name } },
    ])
  })

  test('whoever administers no longer registers and removes nothing', { tag: '@v5.0.0-8.3.1' }, async ({
    store,
    place,
  }) => {
    const nobody = proofOf(await begin(store, await signUp(store))) as unknown as Registrar
    const { root, by } = await administrator(store)
    await store.clients.add('shell', FULL)
    const before = await place.dump()
    expect(await store.clients.add(nobody, { ...FULL, id: 'other' })).toBe('session-over')
    expect(await store.clients.remove(nobody, 'notes', null)).toBe('session-over')
    expect(await place.dump()).toEqual(before)
    await store.sessions.signOut(proofOf(root))
    expect(await store.clients.remove(by, 'notes', null)).toBe('session-over')
    expect(await store.clients.find('notes')).toBeDefined()
  })
}

async function administrator(store: Store): Promise<{ readonly root: SessionCheck; readonly by: Registrar }> {
  const id = await signUp(store, `${randomId()}@root.example`)
  const granted: NewEvent = event('administrator-granted', id)
  await store.users.change({ by: 'shell', userId: id }, { kind: 'administrator-granted' }, granted)
  const root = await begin(store, id, { securityVersion: 2 })
  return { root, by: proofOf(root) as unknown as Registrar }
}
