import 'server-only'
import type { NewEvent, NewPending, Outbox, PendingStore } from '../contract.ts'
import { holds, isOfNow } from '../judgement.ts'
import { isLink } from '../plan.ts'
import type { Queries } from './queries.ts'
import { eventFrom, liveFrom } from './rows.ts'
import { note, type Parts } from './step.ts'

export function postgresPending({ connection, options }: Parts): PendingStore {
  const write = async (queries: Queries, wanted: NewPending, event: NewEvent | null) => {
    const { userId, kind } = wanted
    if (userId !== null && isLink(kind)) {
      await queries.lockUser.execute({ id: userId })
      await queries.deletePendingOfKind.execute({ userId, kind })
    }
    const [row] = await queries.insertPending.execute({ ...wanted, epoch: options.epoch() })
    if (!row) throw new Error('an insert answered no row')
    if (event) await note(queries, event)
    return row
  }
  return {
    begin: (wanted, event) => connection.write((queries) => write(queries, wanted, event)),

    beginBy: (proof, wanted, event) =>
      connection.write(async (queries) => {
        // The user first, as everywhere.
        await queries.lockUser.execute({ id: proof.userId })
        const [row] = await queries.share.execute({ id: proof.sessionId })
        return holds(row && liveFrom(row), proof, options) ? write(queries, wanted, event) : 'session-over'
      }),

    find: (kind, secretDigest, id) =>
      connection.read(async (queries) => {
        const [row] = await queries.findPending.execute({ kind, secretDigest, id: id ?? null })
        return row && isOfNow(row, options) ? row : undefined
      }),

    take: (id) =>
      connection.write(async (queries) => {
        const [row] = await queries.takePending.execute({ id })
        return row && isOfNow(row, options) ? row : undefined
      }),
  }
}

export function postgresOutbox({ connection }: Parts): Outbox {
  return {
    claim: (most, lease) =>
      connection.write(async (queries) => {
        const due = await queries.dueMails.execute({ most })
        for (const { mail } of due) await queries.postponeMail.execute({ id: mail.id, after: lease })
        return due.map(({ mail, event, user }) => {
          const { id, recipient: to, sealed, failures } = mail
          return { id, to, sealed, failures, user, event: eventFrom(event) }
        })
      }),

    sent: (id) =>
      connection.write(async (queries) => {
        await queries.deleteMail.execute({ id })
      }),

    failed: (id, after) =>
      connection.write(async (queries) => {
        if (after === null) await queries.deleteMail.execute({ id })
        else await queries.failMail.execute({ id, after })
      }),

    waiting: () =>
      connection.read(async (queries) => {
        const [{ count, oldest } = { count: 0, oldest: null }] = await queries.waitingMails.execute()
        return { count, oldest }
      }),
  }
}
