import 'server-only'
import { parseReason } from '#lib/administration/reason.ts'
import { register } from '#lib/openid-provider/register.ts'
import { type Problems, parseRegistration, type Wanted } from '#lib/openid-provider/registration.ts'
import { withStore } from './administration.ts'
import { fail, say } from './terminal.ts'

/** The commands about applications: what administrators do on their page. Each answers its exit code. */

/** How the options are called that a problem is about. */
const OPTIONS: Readonly<Record<keyof Problems, string>> = {
  name: 'NAME',
  redirectUris: '--redirect',
  postLogoutRedirectUris: '--post-logout',
  backchannelLogoutUri: '--backchannel-logout',
  scope: '--scope',
  device: '--device',
  confidential: '--confidential',
}

/** Prints what the application has to be told: its id, and this once its secret. */
export function addClient(wanted: Wanted): Promise<number> {
  const parsed = parseRegistration(wanted)
  if ('problems' in parsed) {
    const problems = Object.entries(parsed.problems) as [keyof Problems, string][]
    return fail(problems.map(([field, problem]) => `${OPTIONS[field]}: ${problem}`).join('\n'), 2)
  }
  return withStore(async (store) => {
    const registered = await register(store, 'shell', parsed.registration, wanted.confidential)
    if (registered === 'session-over') throw new Error('the shell needs no session')
    say(`CLIENT_ID=${registered.id}`)
    if (registered.secret !== null) say(`CLIENT_SECRET=${registered.secret}`)
    return 0
  })
}

/** One application a line: id, kind, addresses, name. */
export function listClients(): Promise<number> {
  return withStore(async ({ clients }) => {
    for (const { id, name, secretDigest, device, redirectUris } of await clients.list()) {
      const kind = [secretDigest ? 'confidential' : 'public', device && 'device'].filter(Boolean).join(', ')
      say([id, kind, redirectUris.join(' ') || '-', name].join('\t'))
    }
    return 0
  })
}

export function removeClient(id: string, reason: string | undefined): Promise<number> {
  const parsed = reason === undefined ? undefined : parseReason(reason)
  if (parsed && 'problem' in parsed) fail(`--reason: ${parsed.problem}`, 2)
  return withStore(async ({ clients }) => {
    const removed = await clients.remove('shell', id, parsed?.reason ?? null)
    if (removed !== 'removed') return fail(`There is no application ${id}.`)
    say('It is removed, and disconnected from everybody who had linked it.')
    return 0
  })
}
