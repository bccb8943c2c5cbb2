import 'server-only'
import type { AccountChange, Authority, Spend, UserStore } from '../contract.ts'
import { isOfNow, type Rules } from '../judgement.ts'
import { NEW_ACCOUNT } from '../plan/account.ts'
import {
  type AccountState,
  type Authenticators,
  type NoticeState,
  newAddress,
  noticeFrom,
  userOf,
} from '../plan/state.ts'
import type { Write } from '../plan/writes.ts'
import { type Plan, planChange } from '../plan.ts'
import { switchedOffEvent } from '../records.ts'
import type { Queries } from './queries.ts'
import { eventFrom, passkeyFrom, pendingFrom, rowFrom, totpFrom, userFrom, valuesFrom } from './rows.ts'
import { end, live, liveOfUser, note, type Parts, step, stepBy } from './step.ts'

export function sqliteUsers(parts: Parts): UserStore {
  return { ...accounts(parts), ...factors(parts), ...changing(parts) }
}

function accounts(
  parts: Parts,
): Pick<UserStore, 'create' | 'find' | 'findByEmail' | 'rehash' | 'passwordTried' | 'rename'> {
  const { connection } = parts
  return {
    create: (user, event) =>
      step(parts, (queries, now) => {
        if (isHeld(queries, user.email, '', now)) return 'email-taken'
        const row = queries.insertUser.get({ ...NEW_ACCOUNT, ...user, createdAt: now.getTime() })
        if (!row) return 'email-taken'
        note(queries, event, now)
        return userFrom(row)
      }),

    find: (id) => connection.read((queries) => findUser(queries, id)),

    findByEmail: (email) =>
      connection.read((queries) => {
        const row = queries.userByEmail.get({ email })
        return row && userFrom(row)
      }),

    rehash: (id, from, to) =>
      connection.write((queries) => {
        queries.rehash.run({ id, from, to })
      }),

    passwordTried: (id, right, most, event) =>
      step(parts, (queries, now) => {
        const counted = queries.countPassword.get({ id: id ?? '', right: right ? 1 : 0, most })
        if (!right) note(queries, event, now)
        if (counted && counted.passwordHash === null) note(queries, switchedOffEvent(event), now)
      }),

    rename: (proof, name, event) =>
      stepBy(parts, proof, (queries, { userId, now }) => {
        queries.nameUser.run({ id: userId, name })
        note(queries, event, now)
        return 'renamed'
      }),
  }
}

function factors(parts: Parts): Pick<UserStore, 'factors' | 'passkey' | 'spend'> {
  const { connection } = parts
  return {
    factors: (id) =>
      connection.read((queries) => {
        const user = findUser(queries, id)
        const totp = queries.totp.get({ userId: id })
        return (
          user && {
            password: user.passwordHash !== null,
            totp: totp ? totpFrom(totp) : null,
            passkeys: queries.passkeysOfUser.all({ userId: id }).map(passkeyFrom),
            recoveryCodes: queries.countRecoveryCodes.get({ userId: id })?.count ?? 0,
            identities: queries.countIdentities.get({ userId: id })?.count ?? 0,
            securityVersion: user.securityVersion,
          }
        )
      }),

    passkey: (credentialId) =>
      connection.read((queries) => {
        const row = queries.passkeyByCredential.get({ credentialId })
        return row && passkeyFrom(row)
      }),

    spend: (userId, use, event) =>
      step(parts, (queries, now) => {
        const done = spend(queries, userId, use, now)
        if (done && event) note(queries, event, now)
        return done
      }),
  }
}

function spend(queries: Queries, userId: string, use: Spend, now: Date): boolean {
  switch (use.factor) {
    case 'totp': {
      const { step: at, resealed = null } = use
      return queries.spendTotp.run({ userId, step: at, resealed, now: now.getTime() }).changes > 0
    }
    case 'recovery-code':
      return queries.spendRecoveryCode.run({ userId, digest: use.digest }).changes > 0
    case 'passkey': {
      const { id, counter, backedUp } = use
      return (
        queries.spendPasskey.run({ id, userId, counter, backedUp: backedUp ? 1 : 0, now: now.getTime() }).changes > 0
      )
    }
  }
}

function changing(parts: Parts): Pick<UserStore, 'change'> {
  return {
    change: (authority, change, event) =>
      step(parts, (queries, now) => {
        const plan = planChange(
          stateOf(queries, authority, change, now, parts.options),
          authority,
          change,
          event,
          parts.options,
        )
        if (!('writes' in plan)) return plan
        carryOut(queries, plan, now)
        return plan.changed
      }),
  }
}

/** Everything that the decision needs. The step holds the write lock, so nothing of it changes meanwhile. */
function stateOf(queries: Queries, authority: Authority, change: AccountChange, now: Date, rules: Rules): AccountState {
  const row = authority.by === 'link' ? queries.pendingById.get({ id: authority.pendingId }) : undefined
  const link = row && isOfNow(row, rules) ? row : undefined
  const userId = userOf(authority, link?.userId ?? '')
  const own = authority.by === 'administrator' ? live(queries, authority.proof.sessionId, now) : undefined
  const address = newAddress(change, link && pendingFrom(link).detail)
  const authenticators = authenticatorsOf(queries, userId)
  return {
    now,
    user: findUser(queries, userId),
    sessions: [...liveOfUser(queries, userId, now), ...(own && own.userId !== userId ? [own] : [])],
    ...authenticators,
    link: link && pendingFrom(link),
    addressTaken: address !== undefined && isHeld(queries, address, userId, now),
    passkeyTaken:
      change.kind === 'passkey-added' &&
      queries.passkeyByCredential.get({ credentialId: change.passkey.credentialId }) !== undefined,
    identityTaken: change.kind === 'identity-linked' && queries.identity.get({ ...change.identity }) !== undefined,
    administrator: own && findUser(queries, own.userId),
    otherAdministrators: queries.otherAdministrators.get({ id: userId })?.count ?? 0,
    notice: authority.by === 'notice' ? noticeState(queries, authority, change, authenticators, now) : null,
  }
}

function authenticatorsOf(queries: Queries, userId: string): Authenticators {
  const totp = queries.totp.get({ userId })
  const codes = queries.recoveryCodesMade.get({ userId })
  return {
    passkeys: queries.passkeysOfUser.all({ userId }).map(passkeyFrom),
    identities: queries.identitiesOfUser.all({ userId }),
    totp: totp ? totpFrom(totp) : null,
    recoveryCodesAt: codes ? new Date(codes.at) : null,
  }
}

export function isHeld(queries: Queries, email: string, except: string, now: Date): boolean {
  return queries.addressHolder.get({ email, except, now: now.getTime() }) !== undefined
}

function noticeState(
  queries: Queries,
  { userId, event: seq }: Extract<Authority, { by: 'notice' }>,
  { kind }: AccountChange,
  authenticators: Authenticators,
  now: Date,
): NoticeState {
  const row = queries.event.get({ seq })
  const event = row && eventFrom(row)
  const session = event?.sessionId ? live(queries, event.sessionId, now) : undefined
  const ended = event?.sessionId ? queries.ended.get({ id: event.sessionId, after: 0 }) : undefined
  const known = {
    about: event,
    isAnswered: queries.eventOfNotice.get({ userId, notice: String(seq) }) !== undefined,
    secured: queries.lastSecured.get({ userId }),
    began: session?.beganAt ?? (ended && new Date(ended.beganAt)),
  }
  return noticeFrom(kind, known, authenticators)
}

function carryOut(queries: Queries, { events, ends, renewed, writes }: Plan, now: Date): void {
  for (const event of events) note(queries, event, now)
  for (const one of ends) end(queries, one)
  if (renewed) queries.saveSession.run(rowFrom(renewed))
  for (const write of writes) carry(queries, write)
}

function carry(queries: Queries, [name, values]: Write): void {
  queries[name].run(valuesFrom(values))
}

function findUser(queries: Queries, id: string) {
  const row = queries.user.get({ id })
  return row && userFrom(row)
}
