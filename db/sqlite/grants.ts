import 'server-only'
import type { Client, Grant, NewGrant, Registrar } from '../contract.ts'
import { isAdministrator } from '../figures.ts'
import type { ClientStore, GrantStore, LogoutOutbox } from '../grants.ts'
import { stands } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { clientEvent } from '../records.ts'
import { endGrant } from './lineage.ts'
import type { Queries } from './queries.ts'
import { checkFrom, clientFrom, grantFrom, grantFromValues, logoutFrom, userFrom } from './rows.ts'
import { liveOfUser, note, type Parts, step, stepBy } from './step.ts'

export function sqliteClients(parts: Parts): ClientStore {
  const { connection } = parts

  /** The row of the account decides again whether somebody may. */
  function stepAs<T>(by: Registrar, work: (queries: Queries, now: Date, who: LiveSession | null) => T) {
    if (by === 'shell') return step(parts, (queries, now) => work(queries, now, null))
    return stepBy(parts, by, (queries, session): T | 'session-over' => {
      const row = queries.user.get({ id: session.userId })
      return isAdministrator(row && userFrom(row)) ? work(queries, session.now, session) : 'session-over'
    })
  }

  return {
    find: (id) => connection.read((queries) => findClient(queries, id)),

    list: () => connection.read((queries) => queries.clients.all().map(clientFrom)),

    add: (by, client) =>
      stepAs(by, (queries, now, who) => {
        const { changes } = queries.insertClient.run({ ...client, createdAt: now.getTime() })
        if (changes === 0) return 'id-taken'
        note(queries, clientEvent('client-added', client, who, null), now)
        return 'added'
      }),

    remove: (by, id, why) =>
      stepAs(by, (queries, now, who) => {
        const client = findClient(queries, id)
        if (!client) return 'not-found'
        queries.tellOfClient.run({ clientId: id, now: now.getTime() })
        queries.deleteGrantsOfClient.run({ clientId: id })
        queries.deleteClient.run({ clientId: id })
        note(queries, clientEvent('client-removed', client, who, why), now)
        return 'removed'
      }),
  }
}

export function sqliteGrants(parts: Parts): GrantStore {
  const { connection, options } = parts

  function isOver(grant: Grant, now: Date): boolean {
    return grant.epoch < options.epoch() || grant.expiresAt <= now
  }

  function find(queries: Queries, id: string, now: Date): Grant | undefined {
    const values = queries.grant(id)
    const grant = values && grantFromValues(values)
    return grant && !isOver(grant, now) ? grant : undefined
  }

  return {
    begin: (proof, wanted, event) =>
      stepBy(parts, proof, (queries, { id: sessionId, userId, now }) => {
        const { clientId, replaces } = wanted
        if (!findClient(queries, clientId)) return 'unknown-client'
        if (replaces) queries.deleteReplaced.run({ replaces, userId, clientId, sessionId })
        const row = rowOf(wanted, userId, sessionId, now, options.epoch())
        queries.insertGrant.run(row)
        note(queries, event, now)
        return grantFrom(row)
      }),

    check: (id) =>
      connection.read((queries) => {
        const now = options.clock()
        const grant = find(queries, id, now)
        if (!grant || grant.sessionId === null) return grant && { grant, session: null, now }
        const values = queries.check(grant.sessionId)
        // It ended between these two readings.
        if (!values) return undefined
        return { grant, session: checkFrom(values, now), now }
      }),

    list: (userId) =>
      connection.read((queries) => {
        const now = options.clock()
        const sessions = liveOfUser(queries, userId, now).filter((one) => stands(one, options))
        const rows = queries.grantsOfUser.all({ userId, now: now.getTime(), epoch: options.epoch() })
        return rows
          .map(({ clientName, ...row }) => ({ ...grantFrom(row), clientName }))
          .filter(({ offline, sessionId }) => offline || sessions.some(({ id }) => id === sessionId))
      }),

    used(id, atMostEvery) {
      const now = options.clock()
      const grant = connection.read((queries) => find(queries, id, now))
      if (!grant || now.getTime() - grant.lastUsedAt.getTime() < atMostEvery * 1000) return
      connection.writeLightly((queries) => queries.useGrant.run({ id, now: now.getTime() }))
    },

    end: (proof, id, event) =>
      stepBy(parts, proof, (queries, { userId, now }) => {
        if (find(queries, id, now)?.userId !== userId) return 'not-found'
        endGrant(queries, id, now)
        note(queries, event, now)
        return 'ended'
      }),

    endAs: (id, event) =>
      step(parts, (queries, now) => {
        if (!find(queries, id, now)) return false
        endGrant(queries, id, now)
        note(queries, event, now)
        return true
      }),
  }
}

export function sqliteLogouts(parts: Parts): LogoutOutbox {
  const { connection, options } = parts
  return {
    claim(most, lease, { most: each, full: lines } = { most, full: [] }) {
      // Mostly there is nobody to tell; then nobody is made to wait for the write lock.
      const now = options.clock().getTime()
      const full = JSON.stringify(lines)
      if (!connection.read((queries) => queries.anyLogoutDue.get({ now, full }))) return []
      return step(parts, (queries, at) => {
        const due = queries.dueLogouts.all({ now: at.getTime(), most, each, full })
        for (const { id } of due) queries.postponeLogout.run({ id, dueAt: at.getTime() + lease * 1000 })
        return due.map(logoutFrom)
      })
    },

    sent: (id) => {
      connection.writeLightly((queries) => queries.deleteLogout.run({ id }))
    },

    failed: (id, after, refused) => {
      connection.writeLightly((queries) => {
        if (after === null) queries.deleteLogout.run({ id })
        else queries.failLogout.run({ id, dueAt: options.clock().getTime() + after * 1000, refusal: Number(refused) })
      })
    },

    waiting: () =>
      connection.read((queries) => {
        const { count = 0, oldest = null } = queries.waitingLogouts.get() ?? {}
        return { count, oldest: oldest === null ? null : new Date(oldest) }
      }),
  }
}

function findClient(queries: Queries, id: string): Client | undefined {
  const row = queries.client.get({ id })
  return row && clientFrom(row)
}

function rowOf(wanted: NewGrant, userId: string, sessionId: string, now: Date, epoch: number) {
  const { id, clientId, scope, offline, authenticatedAt, methods, lifetime } = wanted
  const at = now.getTime()
  const times = { createdAt: at, lastUsedAt: at, expiresAt: at + lifetime * 1000 }
  const shown = { authenticatedAt: authenticatedAt.getTime(), methods }
  return {
    id,
    userId,
    clientId,
    sessionId,
    madeIn: sessionId,
    scope,
    offline: offline ? 1 : 0,
    ...shown,
    ...times,
    epoch,
  }
}
