import 'server-only'
import { readFileSync } from 'node:fs'
import type { Client } from '#db/contract.ts'
import { parseReason } from '#lib/administration/reason.ts'
import { register } from '#lib/openid-provider/register.ts'
import { clientProof, type Problems, parseRegistration, type Wanted } from '#lib/openid-provider/registration.ts'
import type { AssuranceLevel } from '#lib/session/policy.ts'
import { withStore } from './administration.ts'
import { prepare } from './prepare.ts'
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
  publicKeys: '--jwks',
}

/**
 * Prints what the application has to be told: its id, and this once its secret if it has one.
 * @param keyFile where its public keys stand
 */
export function addClient(named: Omit<Wanted, 'publicKeys'>, keyFile: string | undefined): Promise<number> {
  const wanted = { ...named, publicKeys: keyFile === undefined ? '' : textOf(keyFile) }
  const parsed = parseRegistration(wanted, prepare().policy.level)
  if ('problems' in parsed) {
    const problems = Object.entries(parsed.problems) as [keyof Problems, string][]
    return fail(problems.map(([field, problem]) => `${OPTIONS[field]}: ${problem}`).join('\n'), 2)
  }
  return withStore(async (store) => {
    const registered = await register(store, 'shell', parsed.registration, wanted)
    if (registered === 'session-over') throw new Error('the shell needs no session')
    say(`CLIENT_ID=${registered.id}`)
    if (registered.secret !== null) say(`CLIENT_SECRET=${registered.secret}`)
    return 0
  })
}

/** An empty file is no wish for an application without keys. */
function textOf(keyFile: string): string {
  const text = readText(keyFile)
  return text.trim() === '' ? fail(`--jwks: ${keyFile} is empty. It holds a public JWK, or a JWK Set.`, 2) : text
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return fail(
      `--jwks: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Name a file with a JWK Set.`,
      2,
    )
  }
}

/** One application a line: id, kind and how it proves itself, addresses, name. */
export function listClients(): Promise<number> {
  const { level } = prepare().policy
  return withStore(async ({ clients }) => {
    for (const client of await clients.list()) {
      const { id, name, device, redirectUris } = client
      const kind = [kindOf(client, level), device && 'device'].filter(Boolean).join(', ')
      say([id, kind, redirectUris.join(' ') || '-', name].join('\t'))
    }
    return 0
  })
}

function kindOf(client: Client, level: AssuranceLevel): string {
  const { by, taken } = clientProof(client, level)
  if (by === 'none') return 'public'
  return `confidential by ${by === 'keys' ? 'private_key_jwt' : 'secret'}${taken ? '' : ` (refused at level ${level})`}`
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
