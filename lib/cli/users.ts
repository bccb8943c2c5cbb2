import 'server-only'
import type { Store, UserSummary } from '#db/contract.ts'
import { eventOf } from '#db/records.ts'
import { normaliseEmail } from '#lib/account/email.ts'
import type { Act } from '#lib/administration/acts.ts'
import { parseReason } from '#lib/administration/reason.ts'
import { unknownAddress, withStore } from './administration.ts'
import { fail, say } from './terminal.ts'

/** The commands about accounts: what administrators do on their pages. Each answers its exit code. */
interface Command {
  readonly act: Exclude<Act, 'sessions-ended'>
  readonly done: string
}

const COMMANDS: Readonly<Record<string, Command>> = {
  disable: { act: 'account-disabled', done: 'is disabled' },
  enable: { act: 'account-enabled', done: 'is enabled; what was ended stays ended' },
  delete: { act: 'account-deleted', done: 'is deleted; what happened is kept, without anything personal' },
  'remove-factors': {
    act: 'factors-removed',
    done: 'has no authenticator app, no passkey and no recovery code any more: the password signs in',
  },
  'grant-admin': { act: 'administrator-granted', done: 'is an administrator now, from the next sign-in on' },
  'withdraw-admin': { act: 'administrator-withdrawn', done: 'is no administrator any more' },
}

export function isUserCommand(name: string | undefined): name is string {
  return name !== undefined && Object.hasOwn(COMMANDS, name)
}

/** @param reason told to the person with the event; none if undefined */
export function changeUser(name: string, email: string, reason: string | undefined): Promise<number> {
  const { act, done } = COMMANDS[name] as Command
  const parsed = reason === undefined ? undefined : parseReason(reason)
  if (parsed && 'problem' in parsed) fail(`--reason: ${parsed.problem}`, 2)
  return withStore(async ({ users }) => {
    const user = await users.findByEmail(normaliseEmail(email))
    if (!user) return unknownAddress(email)
    // Once more would end the sessions that the person has begun since.
    const already = act === 'administrator-granted' && user.administrator
    const event = { ...eventOf(act, user.id), detail: parsed ? { reason: parsed.reason } : {} }
    const changed = already
      ? { outcome: 'changed', ended: 0 }
      : await users.change({ by: 'shell', userId: user.id }, { kind: act }, event)
    if (changed.outcome !== 'changed') return fail(`Nothing was done: ${changed.outcome}.`)
    say(`${user.email} ${done}.`)
    return 0
  })
}

const AT_ONCE = 500

/** One account a line: address, state, number of sessions, name. */
export function listUsers(search: string): Promise<number> {
  return withStore(async (store) => {
    let count = 0
    for await (const user of everyUser(store, search)) {
      say(lineOf(user))
      count += 1
    }
    return count > 0 || search === '' ? 0 : fail(`No name and no address has “${search}” in it.`)
  })
}

async function* everyUser({ administration }: Store, search: string): AsyncGenerator<UserSummary> {
  for (let after: string | null | undefined = null; after !== undefined; ) {
    const page: readonly UserSummary[] | 'not-administrator' = await administration.users('shell', {
      search,
      after,
      most: AT_ONCE,
    })
    if (page === 'not-administrator') throw new Error('the shell needs no role')
    yield* page
    after = page.length < AT_ONCE ? undefined : page.at(-1)?.email
  }
}

function lineOf({ email, name, administrator, disabledAt, sessions }: UserSummary): string {
  const state = [administrator && 'administrator', disabledAt && 'disabled'].filter(Boolean).join(', ') || '-'
  return [email, state, `${sessions} session${sessions === 1 ? '' : 's'}`, name].join('\t')
}
