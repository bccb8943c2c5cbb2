import 'server-only'
import type { Registrar } from '../contract.ts'
import { isAdministrator } from '../figures.ts'
import type { ClientStore, GrantStore, LogoutOutbox } from '../grants.ts'
import { stands } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { clientEvent } from '../records.ts'
import { endGrant } from './lineage.ts'
import type { Queries } from './queries.ts'
import { type CheckRow, checkFrom, liveFrom, logoutFrom } from './rows.ts'
import { note, type Parts, stepBy } from './step.ts'

export function postgresClients(parts: Parts): ClientStore {
  const { connection } = parts

  /** The row of the account decides again whether somebody may. */
  function stepAs<T>(by: Registrar, work: (queries: Queries, who: LiveSession | null) => Promise<T>) {
    if (by === 'shell') return connection.write((queries) => work(queries, null))
    return stepBy(parts, by, async (queries, session): Promise<T | 'session-over'> => {
      const [user] = await queries.user.execute({ id: session.userId })
      return isAdministrator(user) ? work(queries, session) : 'session-over'
    })
  }

  return {
    find: (id) => connection.read(async (queries) => (await queries.client.execute({ id }))[0]),

    list: () => connection.read((queries) => queries.clients.execute()),

    add: (by, client) =>
      stepAs(by, async (queries, who): Promise<'added' | 'id-taken'> => {
        const { rowCount } = await queries.insertClient.execute({ ...client })
        if (!rowCount) return 'id-taken'
        await note(queries, clientEvent('client-added', client, who, null))
        return 'added'
      }),

    remove: (by, id, why) =>
      stepAs(by, async (queries, who): Promise<'removed' | 'not-found'> => {
        const [client] = await queries.lockClient.execute({ id })
        if (!client) return 'not-found'
        await queries.tellOfClient.execute({ clientId: id })
        await queries.deleteGrantsOfClient.execute({ clientId: id })
        await queries.deleteClient.execute({ clientId: id })
        await note(queries, clientEvent('client-removed', client, who, why))
        return 'removed'
      }),
  }
}

export function postgresGrants(parts: Parts): GrantStore {
  const { connection, options } = parts
  const alive = (id: string) => ({ id, epoch: options.epoch() })
  return {
    begin: (proof, { replaces, ...wanted }, event) =>
      stepBy(parts, proof, async (queries, { id: sessionId, userId }) => {
        const { clientId } = wanted
        const [client] = await queries.shareClient.execute({ id: clientId })
        if (!client) return 'unknown-client'
        if (replaces) await queries.deleteReplaced.execute({ replaces, userId, clientId, sessionId })
        const row = { ...wanted, userId, sessionId, madeIn: sessionId, epoch: options.epoch() }
        const [grant] = await queries.insertGrant.execute(row)
        if (!grant) throw new Error('an insert answered no row')
        await note(queries, event)
        return grant
      }),

    check: (id) =>
      connection.read(async (queries) => {
        const [row] = await queries.grantCheck.execute(alive(id))
        if (!row) return undefined
        const { grant, session, now } = row
        return { grant, session: session && checkFrom({ ...session, now } as CheckRow), now }
      }),

    list: (userId) =>
      connection.read(async (queries) => {
        const sessions = (await queries.list.execute({ userId })).map(liveFrom).filter((one) => stands(one, options))
        const found = await queries.grantsOfUser.execute({ userId, epoch: options.epoch() })
        return found.filter(({ offline, sessionId }) => offline || sessions.some(({ id }) => id === sessionId))
      }),

    used: (id, atMostEvery) =>
      connection.read(async (queries) => {
        await queries.useGrant.execute({ id, atMostEvery })
      }),

    end: (proof, id, event) =>
      stepBy(parts, proof, async (queries, { userId }) => {
        const [grant] = await queries.lockGrant.execute(alive(id))
        if (grant?.userId !== userId) return 'not-found'
        await endGrant(queries, id)
        await note(queries, event)
        return 'ended'
      }),

    endAs: (id, event) =>
      connection.write(async (queries) => {
        const [grant] = await queries.lockGrant.execute(alive(id))
        if (!grant) return false
        await endGrant(queries, id)
        await note(queries, event)
        return true
      }),
  }
}

export function postgresLogouts({ connection }: Parts): LogoutOutbox {
  return {
    claim: (most, lease, { most: each, full } = { most, full: [] }) =>
      connection.write(async (queries) => {
        const due = await queries.dueLogouts.execute({ most, each, full })
        if (due.length > 0) await queries.postponeLogouts.execute({ ids: due.map(({ id }) => id), after: lease })
        return due.map(logoutFrom)
      }),

    sent: (id) =>
      connection.read(async (queries) => {
        await queries.deleteLogout.execute({ id })
      }),

    failed: (id, after, refused) =>
      connection.read(async (queries) => {
        if (after === null) await queries.deleteLogout.execute({ id })
        else await queries.failLogout.execute({ id, after, refusal: Number(refused) })
      }),

    waiting: () =>
      connection.read(async (queries) => {
        const [{ count, oldest } = { count: 0, oldest: null }] = await queries.waitingLogouts.execute()
        return { count, oldest }
      }),
  }
}
