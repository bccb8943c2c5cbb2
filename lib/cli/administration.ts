import 'server-only'
import type { Store } from '#db/contract.ts'
import { normaliseEmail } from '#lib/account/email.ts'
import { tidy } from '#lib/housekeeping.ts'
import { keyFileOf } from '#lib/keys/ring.ts'
import { rotate } from '#lib/keys/rotate.ts'
import { signsFrom } from '#lib/keys/signing.ts'
import { nextGivenEpoch, raiseEpochIfOwn } from '#lib/session/epoch.ts'
import { closeStore } from '#lib/store.ts'
import { now } from '#lib/time.ts'
import { openQuietly, prepare, prepareKeys } from './prepare.ts'
import { fail, say } from './terminal.ts'

/** The commands of administration. Each answers its exit code. */

/** @param why told to the person with the end of each session; nothing if undefined */
export async function endSessionsOf(email: string, why: string | undefined): Promise<number> {
  return withStore(async ({ users, sessions }) => {
    const user = await users.findByEmail(normaliseEmail(email))
    if (!user) return unknownAddress(email)
    return report(await sessions.endForUser(user.id, { endedBy: null, why }), 'session', `of ${user.email} ended`)
  })
}

/** @param target the session's public id */
export async function endOneSession(target: string, why: string | undefined): Promise<number> {
  return withStore(async ({ sessions }) => {
    const session = await sessions.find(target)
    const ended = session ? await sessions.endForUser(session.userId, { endedBy: null, why, target }) : 0
    return ended > 0 ? report(ended, 'session', 'ended') : fail(`No session has the id ${target}, or it is over.`)
  })
}

export async function endEverybodysSessions(why: string | undefined): Promise<number> {
  return withStore(async ({ sessions }) => {
    const epoch = nextGivenEpoch()
    // First: where it is ours, no session of before opens anything from here on, in this database or a copy of it.
    raiseEpochIfOwn()
    report(await sessions.endForEverybody({ endedBy: null, why }), 'session', 'ended')
    if (epoch !== null)
      say(`A backup could bring them back: set SESSION_EPOCH=${epoch} on every node and restart them.`)
    return 0
  })
}

export async function purgeSessions(): Promise<number> {
  return withStore(async () => {
    const { swept, purged, mails } = await tidy()
    if (mails > 0) report(mails, 'mail', 'in files older than 28 days deleted')
    report(swept, 'session', 'ended, or locked by inactivity')
    return report(purged, 'record', 'older than 28 days deleted')
  })
}

export async function rotateKeys(): Promise<number> {
  const { keys } = prepare()
  const path = keyFileOf(keys)
  if (path === null) {
    return fail('The keys stand in SESSION_KEYS. Put a new id:secret second, restart every node, then put it first.')
  }
  prepareKeys()
  const { added, retiring, retired } = rotate(path, now())
  say(`Key ${added.id} opens at once and seals from ${added.sealsFrom?.toISOString()}. No restart is needed.`)
  say(`Its signing keys are published at once and sign from ${signsFrom(added).toISOString()}.`)
  for (const { id, retiresAt } of retiring) say(`Key ${id} opens until ${retiresAt?.toISOString()}.`)
  for (const { id } of retired) say(`Key ${id} has retired: it opens no session, only authenticator apps unused since.`)
  return 0
}

export async function withStore(act: (store: Store) => Promise<number>): Promise<number> {
  prepare()
  try {
    return await act(await openQuietly())
  } finally {
    await closeStore()
  }
}

function report(count: number, thing: string, what: string): number {
  say(`${count} ${thing}${count === 1 ? '' : 's'} ${what}.`)
  return 0
}

export function unknownAddress(email: string): number {
  return fail(`No account has the address ${email}.`)
}
