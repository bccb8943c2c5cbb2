import 'server-only'
import type { AccountChange, Authority, Spend, User, UserStore } from '../contract.ts'
import { holds, isOfNow, type Rules } from '../judgement.ts'
import { NEW_ACCOUNT } from '../plan/account.ts'
import {
  type AccountState,
  type Authenticators,
  lessens,
  type NoticeState,
  newAddress,
  noticeFrom,
  userOf,
} from '../plan/state.ts'
import type { Write } from '../plan/writes.ts'
import { type Plan, planChange } from '../plan.ts'
import { KEPT, switchedOffEvent } from '../records.ts'
import { isTaken } from './failure.ts'
import type { Queries } from './queries.ts'
import { liveFrom, rowFrom } from './rows.ts'
import { end, lockOfUser, note, type Parts } from './step.ts'

export function postgresUsers(parts: Parts): UserStore {
  return { ...accounts(parts), ...factors(parts), ...changing(parts) }
}

function accounts({
  connection,
  options,
}: Parts): Pick<UserStore, 'create' | 'find' | 'findByEmail' | 'rehash' | 'passwordTried' | 'rename'> {
  return {
    create: (user, event) =>
      connection
        .write(async (queries): Promise<User | 'email-taken'> => {
          const [row] = await queries.insertUser.execute({ ...NEW_ACCOUNT, ...user })
          if (!row) return 'email-taken'
          // Looked for now: who was giving the address up has done so, or our insert would not have come through.
          if (await isHeld(queries, user.email, user.id)) throw new Held()
          await note(queries, event)
          return row
        })
        .catch((error): 'email-taken' => {
          if (error instanceof Held) return 'email-taken'
          throw error
        }),

    find: (id) => connection.read((queries) => findUser(queries, id)),

    findByEmail: (email) => connection.read(async (queries) => (await queries.userByEmail.execute({ email }))[0]),

    rehash: (id, from, to) =>
      connection.write(async (queries) => {
        await queries.rehash.execute({ id, from, to })
      }),

    passwordTried: (id, right, most, event) =>
      connection.write(async (queries) => {
        const [counted] = await queries.countPassword.execute({ id: id ?? '', right, most })
        if (!right) await note(queries, event)
        if (counted && counted.passwordHash === null) await note(queries, switchedOffEvent(event))
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
  }
}

/** Takes an insert back: somebody may have the address back for some days still. */
export class Held extends Error {}

function factors({ connection }: Parts): Pick<UserStore, 'factors' | 'passkey' | 'spend'> {
  return {
    factors: (id) =>
      connection.read(async (queries) => {
        const user = await findUser(queries, id)
        if (!user) return undefined
        const [totp = null] = await queries.totp.execute({ userId: id })
        const [codes] = await queries.countRecoveryCodes.execute({ userId: id })
        const [elsewhere] = await queries.countIdentities.execute({ userId: id })
        return {
          password: user.passwordHash !== null,
          totp,
          passkeys: await queries.passkeysOfUser.execute({ userId: id }),
          recoveryCodes: codes?.count ?? 0,
          identities: elsewhere?.count ?? 0,
          securityVersion: user.securityVersion,
        }
      }),

    passkey: (credentialId) =>
      connection.read(async (queries) => (await queries.passkeyByCredential.execute({ credentialId }))[0]),

    spend: (userId, use, event) =>
      connection.write(async (queries) => {
        const done = await spend(queries, userId, use)
        if (done && event) await note(queries, event)
        return done
      }),
  }
}

async function spend(queries: Queries, userId: string, use: Spend): Promise<boolean> {
  return ((await spending(queries, userId, use)).rowCount ?? 0) > 0
}

function spending(queries: Queries, userId: string, use: Spend) {
  switch (use.factor) {
    case 'totp':
      return queries.spendTotp.execute({ userId, step: use.step, resealed: use.resealed ?? null })
    case 'recovery-code':
      return queries.spendRecoveryCode.execute({ userId, digest: use.digest })
    case 'passkey':
      return queries.spendPasskey.execute({ id: use.id, userId, counter: use.counter, backedUp: use.backedUp })
  }
}

function changing({ connection, options }: Parts): Pick<UserStore, 'change'> {
  return {
    change: (authority, change, event) =>
      connection
        .write(async (queries) => {
          const plan = planChange(await stateOf(queries, authority, change, options), authority, change, event, options)
          if (!('writes' in plan)) return plan
          await carryOut(queries, plan)
          return plan.changed
        })
        .catch((error) => {
          // Somebody else got the address, the passkey or the account elsewhere between our look and our write.
          if (isTaken(error)) return { outcome: TAKEN[change.kind] ?? 'email-taken' }
          throw error
        }),
  }
}

const TAKEN: Readonly<Partial<Record<AccountChange['kind'], 'passkey-taken' | 'identity-taken'>>> = {
  'passkey-added': 'passkey-taken',
  'identity-linked': 'identity-taken',
}

/** Everything that the decision needs, locked: the user first, then the sessions in the order of their ids. */
async function stateOf(
  queries: Queries,
  authority: Authority,
  change: AccountChange,
  rules: Rules,
): Promise<AccountState> {
  const [found] = authority.by === 'link' ? await queries.pendingById.execute({ id: authority.pendingId }) : []
  const link = found && isOfNow(found, rules) ? found : undefined
  const userId = userOf(authority, link?.userId ?? null)
  const other = authority.by === 'administrator' ? authority.proof.sessionId : null
  // All of them, before anybody else: two who withdraw each other's role must not both find the other one left.
  const administrators = lessens(change) ? await queries.lockAdministrators.execute() : []
  const sessions = await lockOfUser(queries, userId, other)
  const own = other === null ? undefined : sessions.find(({ id }) => id === other)
  const address = newAddress(change, link?.detail)
  const [clock] = await queries.clock.execute()
  // Asked again under the user's lock: of parallel uses of a link, one finds it.
  const [held] = link ? await queries.pendingById.execute({ id: link.id }) : []
  const authenticators = await authenticatorsOf(queries, userId)
  return {
    now: clock?.now as Date,
    user: await findUser(queries, userId),
    sessions,
    ...authenticators,
    link: held,
    addressTaken: address !== undefined && (await isHeld(queries, address, userId)),
    passkeyTaken:
      change.kind === 'passkey-added' &&
      (await queries.passkeyByCredential.execute({ credentialId: change.passkey.credentialId })).length > 0,
    identityTaken:
      change.kind === 'identity-linked' && (await queries.identity.execute({ ...change.identity })).length > 0,
    administrator: own && (await findUser(queries, own.userId)),
    otherAdministrators: administrators.filter(({ id }) => id !== userId).length,
    notice: authority.by === 'notice' ? await noticeState(queries, authority, change, authenticators) : null,
  }
}

async function authenticatorsOf(queries: Queries, userId: string): Promise<Authenticators> {
  const [totp = null] = await queries.totp.execute({ userId })
  const [codes] = await queries.recoveryCodesMade.execute({ userId })
  return {
    passkeys: await queries.passkeysOfUser.execute({ userId }),
    identities: await queries.identitiesOfUser.execute({ userId }),
    totp,
    recoveryCodesAt: codes?.at ?? null,
  }
}

export async function isHeld(queries: Queries, email: string, except: string): Promise<boolean> {
  return (await queries.addressHolder.execute({ email, except })).length > 0
}

async function noticeState(
  queries: Queries,
  { userId, event: seq }: Extract<Authority, { by: 'notice' }>,
  { kind }: AccountChange,
  authenticators: Authenticators,
): Promise<NoticeState> {
  const [event] = await queries.event.execute({ seq })
  const id = event?.sessionId ?? ''
  const [session] = await queries.find.execute({ id })
  const [ended] = await queries.ended.execute({ id, kept: KEPT })
  const [secured] = await queries.lastSecured.execute({ userId })
  const known = {
    about: event,
    isAnswered: (await queries.eventOfNotice.execute({ userId, notice: String(seq) })).length > 0,
    secured,
    began: session?.beganAt ?? ended?.beganAt,
  }
  return noticeFrom(kind, known, authenticators)
}

async function carryOut(queries: Queries, { events, ends, renewed, writes }: Plan): Promise<void> {
  for (const event of events) await note(queries, event)
  for (const one of ends) await end(queries, one)
  if (renewed) await queries.saveSession.execute(rowFrom(renewed))
  for (const write of writes) await carry(queries, write)
}

async function carry(queries: Queries, [name, values]: Write): Promise<void> {
  await queries[name].execute({ ...values })
}

async function findUser(queries: Queries, id: string): Promise<User | undefined> {
  return (await queries.user.execute({ id }))[0]
}
