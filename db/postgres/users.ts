import 'server-only'
import type { UserStore } from '../contract.ts'
import { holds } from '../judgement.ts'
import { grantedEvent } from '../records.ts'
import { liveFrom } from './rows.ts'
import { end, lockOfUser, note, type Parts } from './step.ts'

export function postgresUsers({ connection, options }: Parts): UserStore {
  return {
    create: (user, event) =>
      connection.write(async (queries) => {
        const [row] = await queries.insertUser.execute({ ...user, administrator: false })
        if (!row) return 'email-taken'
        await note(queries, event)
        return row
      }),

    find: (id) => connection.read(async (queries) => (await queries.user.execute({ id }))[0]),

    findByEmail: (email) => connection.read(async (queries) => (await queries.userByEmail.execute({ email }))[0]),

    rehash: (id, from, to) =>
      connection.write(async (queries) => {
        await queries.rehash.execute({ id, from, to })
      }),

    rename: (proof, name, event) =>
      connection.write(async (queries) => {
        await queries.lockUser.execute({ id: proof.userId })
        const [row] = await queries.share.execute({ id: proof.sessionId })
        if (!holds(row && liveFrom(row), proof, options)) return 'session-over'
        await queries.nameUser.execute({ id: proof.userId, name })
        await note(queries, event)
        return 'renamed'
      }),

    grantAdministrator: (email) =>
      connection.write(async (queries) => {
        const [user] = await queries.userByEmail.execute({ email })
        if (!user) return 'not-found'
        if (user.administrator) return 'granted'
        const sessions = await lockOfUser(queries, user.id)
        await queries.makeAdministrator.execute({ id: user.id })
        await note(queries, grantedEvent(user.id))
        for (const session of sessions)
          await end(queries, { session, ending: { reason: 'administrator', endedBy: null } })
        return 'granted'
      }),
  }
}
