import 'server-only'
import type { UserStore } from '../contract.ts'
import { grantedEvent } from '../records.ts'
import { userFrom } from './rows.ts'
import { end, liveOfUser, note, type Parts, step, stepBy } from './step.ts'

export function sqliteUsers(parts: Parts): UserStore {
  const { connection } = parts
  return {
    create: (user, event) =>
      step(parts, (queries, now) => {
        const row = queries.insertUser.get({ ...user, administrator: false, createdAt: now.getTime() })
        if (!row) return 'email-taken'
        note(queries, event, now)
        return userFrom(row)
      }),

    find: (id) =>
      connection.read((queries) => {
        const row = queries.user.get({ id })
        return row && userFrom(row)
      }),

    findByEmail: (email) =>
      connection.read((queries) => {
        const row = queries.userByEmail.get({ email })
        return row && userFrom(row)
      }),

    rehash: (id, from, to) =>
      connection.write((queries) => {
        queries.rehash.run({ id, from, to })
      }),

    rename: (proof, name, event) =>
      stepBy(parts, proof, (queries, { userId, now }) => {
        queries.nameUser.run({ id: userId, name })
        note(queries, event, now)
        return 'renamed'
      }),

    grantAdministrator: (email) =>
      step(parts, (queries, now) => {
        const user = queries.userByEmail.get({ email })
        if (!user) return 'not-found'
        if (user.administrator) return 'granted'
        queries.makeAdministrator.run({ id: user.id })
        note(queries, grantedEvent(user.id), now)
        for (const session of liveOfUser(queries, user.id, now)) {
          end(queries, { session, ending: { reason: 'administrator', endedBy: null } })
        }
        return 'granted'
      }),
  }
}
