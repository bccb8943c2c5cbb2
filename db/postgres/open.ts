import 'server-only'
import { type Store, type StoreOptions, StoreUnavailable } from '../contract.ts'
import { followChanges } from './changes.ts'
import { connect } from './connection.ts'
import { postgresEvents } from './events.ts'
import { postgresLimiter } from './limiter.ts'
import { postgresSessions } from './sessions.ts'
import { postgresUsers } from './users.ts'

export async function openPostgres(options: StoreOptions): Promise<Store> {
  const connection = connect(options)
  const changes = followChanges(connection, options)
  const parts = { connection, changes, options }
  const sessions = postgresSessions(parts)
  const ping = async () => {
    try {
      await sessions.check('')
    } catch (error) {
      throw error instanceof StoreUnavailable ? error : new StoreUnavailable(error)
    }
  }
  // Each call tries again, so a database that comes later is no reason not to start. The log has the cause.
  await ping().catch(() => undefined)
  return {
    dialect: 'postgres',
    sessions,
    users: postgresUsers(parts),
    events: postgresEvents(parts),
    limiter: (limits) => postgresLimiter(parts, limits),
    ping,
    clock: () => connection.read(async (queries) => (await queries.clock.execute())[0]?.now as Date),
    async close() {
      await changes.close()
      await connection.close()
    },
  }
}
