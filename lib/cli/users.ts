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
  /** Where the account can be so before. */
  readonly already?: string
}

const COMMANDS: Readonly<Record<string, Command>> = {
  disable: { act: 'account-disabled', done: 'is disabled', already: 'is disabled already' },
  enable: {
    act: 'account-enabled',
    done: 'is enabled; what was ended stays ended',
    already: 'is enabled already',
  },
  delete: { act: 'account-deleted', done: 'is deleted; what happened is kept, without anything personal' },
  'remove-factors': {
    act: 'factors-removed',
    done: 'has no authenticator app, no passkey and no recovery code any more; a password and linked accounts elsewhere still sign in',
  },
  'grant-admin': {
    act: 'administrator-granted',
    done: 'is an administrator now, from the next sign-in on',
    already: 'is an administrator already',
  },
  'withdraw-admin': {
    act: 'administrator-withdrawn',
    done: 'is no administrator any more',
    already: 'is no administrator',
  },
}

export function isUserCommand(name: string | undefined): name is string {
  return name !== undefined && Object.hasOwn(COMMANDS, name)
}

/** @param reason told to the person with the event; none if undefined */
export function changeUser(name: string, email: string, reason: string | undefined): Promise<number> {
  const { act, done, already } = COMMANDS[name] as Command
  const parsed = reason === undefined ? undefined : parseReason(reason)
  if (parsed && 'problem' in parsed) fail(`--reason: ${parsed.problem}`, 2)
  return withStore(async ({ users }) => {
    const user = await users.findByEmail(normaliseEmail(email))
    if (!user) return unknownAddress(email)
    const event = { ...eventOf(act, user.id), detail: parsed ? { reason: parsed.reason } : {} }
    const { outcome } = await users.change({ by: 'shell', userId: user.id }, { kind: act }, event)
    if (outcome !== 'changed' && outcome !== 'unchanged') return fail(`Nothing was done: ${outcome}.`)
    say(`${user.email} ${outcome === 'changed' ? done : `${already}; nothing was done`}.`)
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
