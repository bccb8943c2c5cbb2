import 'server-only'
import { type Store, type StoreOptions, StoreUnavailable } from '../contract.ts'
import { postgresAdministration } from './administration.ts'
import { postgresArtifacts } from './artifacts.ts'
import { followChanges } from './changes.ts'
import { connect } from './connection.ts'
import { postgresEvents } from './events.ts'
import { postgresClients, postgresGrants, postgresLogouts } from './grants.ts'
import { postgresIdentities } from './identities.ts'
import { postgresLimiter } from './limiter.ts'
import { postgresOutbox, postgresPending } from './pending.ts'
import type { Queries } from './queries.ts'
import { postgresSessions } from './sessions.ts'
import { postgresUsers } from './users.ts'

export async function openPostgres(options: StoreOptions): Promise<Store> {
  const connection = connect(options)
  const changes = followChanges(connection, options)
  const parts = { connection, changes, options }
  const sessions = postgresSessions(parts)
  const ping: Store['ping'] = async (access) => {
    try {
      await sessions.check('')
      if (access === 'write') await connection.read(takesWrites)
    } catch (error) {
      throw error instanceof StoreUnavailable ? error : new StoreUnavailable(error)
    }
  }
  // Each call tries again, so a database that comes later is no reason not to start. The log has the cause.
  await Promise.resolve(ping()).catch(() => undefined)
  return {
    dialect: 'postgres',
    sessions,
    users: postgresUsers(parts),
    events: postgresEvents(parts),
    pending: postgresPending(parts),
    outbox: postgresOutbox(parts),
    clients: postgresClients(parts),
    grants: postgresGrants(parts),
    artifacts: postgresArtifacts(parts),
    logouts: postgresLogouts(parts),
    identities: postgresIdentities(parts),
    administration: postgresAdministration(parts),
    state: connection.state,
    limiter: (limits) => postgresLimiter(parts, limits),
    ping,
    clock: () => connection.read(async (queries) => (await queries.clock.execute())[0]?.now as Date),
    async close() {
      await changes.close()
      await connection.close()
    },
  }
}

/** A standby, and a server told to take none, refuse every write. */
async function takesWrites(queries: Queries): Promise<void> {
  const [answer] = await queries.readOnly.execute()
  if (answer?.readOnly !== 'off') throw new Error('the database takes no writes')
}
