import 'server-only'
import { type Store, type StoreOptions, StoreUnavailable } from '../contract.ts'
import { sqliteAdministration } from './administration.ts'
import { sqliteArtifacts } from './artifacts.ts'
import { followChanges } from './changes.ts'
import { connect } from './connection.ts'
import { sqliteEvents } from './events.ts'
import { sqliteClients, sqliteGrants, sqliteLogouts } from './grants.ts'
import { sqliteIdentities } from './identities.ts'
import { sqliteLimiter } from './limiter.ts'
import { sqliteOutbox, sqlitePending } from './pending.ts'
import { sqliteSessions } from './sessions.ts'
import { sqliteUsers } from './users.ts'

/** @param path of the database file; it and its directory are made when they are not there */
export function openSqlite(path: string, options: StoreOptions): Store {
  const connection = connect(path, options)
  const changes = followChanges(connection, options)
  const parts = { connection, changes, options }
  const ping: Store['ping'] = (access) => {
    try {
      connection.look()
      connection.read((queries) => queries.check(''))
      if (access === 'write') connection.write(() => undefined)
    } catch (error) {
      throw error instanceof StoreUnavailable ? error : new StoreUnavailable(error)
    }
  }
  try {
    ping()
  } catch {
    // Each call tries again, so a database that comes later is no reason not to start. The log has the cause.
  }
  return {
    dialect: 'sqlite',
    sessions: sqliteSessions(parts),
    users: sqliteUsers(parts),
    events: sqliteEvents(parts),
    pending: sqlitePending(parts),
    outbox: sqliteOutbox(parts),
    clients: sqliteClients(parts),
    grants: sqliteGrants(parts),
    artifacts: sqliteArtifacts(parts),
    logouts: sqliteLogouts(parts),
    identities: sqliteIdentities(parts),
    administration: sqliteAdministration(parts),
    limiter: (limits) => sqliteLimiter(parts, limits),
    ping,
    state: () => connection.read((queries) => queries.state()),
    clock: options.clock,
    close() {
      changes.close()
      connection.close()
    },
  }
}
