import 'server-only'
import type { NewEvent, NewPending, Outbox, PendingStore } from '../contract.ts'
import { isOfNow } from '../judgement.ts'
import { isLink } from '../plan.ts'
import type { Queries } from './queries.ts'
import { eventFrom, pendingFrom } from './rows.ts'
import { note, type Parts, step, stepBy } from './step.ts'

export function sqlitePending(parts: Parts): PendingStore {
  const { connection, options } = parts
  const write = (queries: Queries, { lifetime, ...wanted }: NewPending, event: NewEvent | null, now: Date) => {
    const { userId, kind } = wanted
    if (userId !== null && isLink(kind)) queries.deletePendingOfKind.run({ userId, kind })
    const createdAt = now.getTime()
    const row = { ...wanted, epoch: options.epoch(), detail: JSON.stringify(wanted.detail), createdAt }
    const full = { ...row, expiresAt: createdAt + lifetime * 1000 }
    queries.insertPending.run(full)
    if (event) note(queries, event, now)
    return pendingFrom(full)
  }
  return {
    begin: (wanted, event) => step(parts, (queries, now) => write(queries, wanted, event, now)),

    beginBy: (proof, wanted, event) => stepBy(parts, proof, (queries, { now }) => write(queries, wanted, event, now)),

    find: (kind, secretDigest, id) =>
      connection.read((queries) => {
        const now = options.clock().getTime()
        const row = queries.findPending.get({ kind, secretDigest, id: id ?? null, now })
        return row && isOfNow(row, options) ? pendingFrom(row) : undefined
      }),

    take: (id) =>
      step(parts, (queries, now) => {
        const row = queries.takePending.get({ id, now: now.getTime() })
        return row && isOfNow(row, options) ? pendingFrom(row) : undefined
      }),
  }
}

export function sqliteOutbox(parts: Parts): Outbox {
  const { connection } = parts
  return {
    claim(most, lease) {
      // Mostly there is nothing to send; then nobody is made to wait for the write lock.
      const now = parts.options.clock().getTime()
      if (!connection.read((queries) => queries.dueMails.get({ now, most: 1 }))) return []
      return step(parts, (queries, at) => {
        const due = queries.dueMails.all({ now: at.getTime(), most })
        for (const { mail } of due) queries.postponeMail.run({ id: mail.id, dueAt: at.getTime() + lease * 1000 })
        return due.map(({ mail, event, user }) => {
          const { id, recipient: to, sealed, failures } = mail
          return { id, to, sealed, failures, user, event: eventFrom(event) }
        })
      })
    },

    sent: (id) => {
      connection.write((queries) => queries.deleteMail.run({ id }))
    },

    failed: (id, after) => {
      step(parts, (queries, now) => {
        if (after === null) queries.deleteMail.run({ id })
        else queries.failMail.run({ id, dueAt: now.getTime() + after * 1000 })
      })
    },

    waiting: () =>
      connection.read((queries) => {
        const { count = 0, oldest = null } = queries.waitingMails.get() ?? {}
        return { count, oldest: oldest === null ? null : new Date(oldest) }
      }),
  }
}
