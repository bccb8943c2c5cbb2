import 'server-only'
import { parseArgs } from 'node:util'
import { StoreUnavailable } from '#db/contract.ts'
import { parseReason } from '#lib/administration/reason.ts'
import { WrongKeys } from '#lib/keys/file.ts'
import { DEFAULT_SCOPE } from '#lib/openid-provider/registration.ts'
import { endEverybodysSessions, endOneSession, endSessionsOf, purgeSessions, rotateKeys } from './administration.ts'
import { addClient, listClients, removeClient } from './clients.ts'
import { doctor } from './doctor.ts'
import { fail, say } from './terminal.ts'
import { changeUser, isUserCommand, listUsers } from './users.ts'

const USAGE = `Usage: npm run signet -- COMMAND

  doctor                       looks for what is wrong with settings, keys and database
  sessions end --user EMAIL    ends all sessions of one account
  sessions end --session ID    ends this one session
  sessions end --all           ends all sessions of everybody
     --reason TEXT             with each of these: why, for the person to read
  sessions purge               ends or locks what has run out and deletes old records now
  keys rotate                  adds a new key; sessions go on, running servers learn it by themselves
  users list [TEXT]            accounts, or those with TEXT in name or address
  users disable EMAIL          ends all sessions of an account, and lets nobody sign in
  users enable EMAIL           lets them sign in again; what was ended stays ended
  users delete EMAIL           deletes an account for good; its events stay, without anything personal
  users remove-factors EMAIL   for who has lost theirs: app, passkeys and codes go; password and linked accounts stay
  users grant-admin EMAIL      makes an account an administrator's; its sessions end
  users withdraw-admin EMAIL   takes that back; its sessions end
     --reason TEXT             with a change of an account: why, for the person to read
  clients list                 applications that may ask people for access
  clients add NAME             lets an application ask; prints its id
     --redirect URI            where people come back to, once for each address
     --jwks FILE               it runs on a server, and proves itself by these public keys: a JWK or JWK Set
     --confidential            it runs on a server: makes a secret, and prints it this once; not at level 3
     --device                  it may ask on a device without a browser
     --post-logout URI         where people may go after signing out, once for each address
     --backchannel-logout URI  where it wants to be told that a session has ended
     --scope TEXT              the most it may ask for; "${DEFAULT_SCOPE}"
  clients remove ID            disconnects it from everybody, for good; --reason as above
  --help                       shows this`

/** What "clients add" takes. */
const CLIENT = {
  redirect: { type: 'string', multiple: true },
  'post-logout': { type: 'string', multiple: true },
  'backchannel-logout': { type: 'string' },
  scope: { type: 'string' },
  jwks: { type: 'string' },
  confidential: { type: 'boolean' },
  device: { type: 'boolean' },
} as const

const CLIENT_OPTIONS = Object.keys(CLIENT) as (keyof typeof CLIENT)[]

const TAKES_REASON: readonly string[] = ['sessions end', 'clients remove']

const usage = (problem: string) => fail(`${problem} See: npm run signet -- --help`, 2)

/** `npm run signet -- …`: administration. The shell is the proof of who asks. */
try {
  process.exitCode = await dispatch(process.argv.slice(2))
} catch (error) {
  if (error instanceof WrongKeys) fail(error.message)
  if (error instanceof StoreUnavailable) fail(`The database cannot be used: ${reasonOf(error)}.`)
  throw error
}

async function dispatch(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args)
  const command = positionals.slice(0, 2).join(' ')
  const rest = positionals.slice(2)
  if (values.help) return showHelp()
  if (command !== 'sessions end' && (values.all || values.user !== undefined || values.session !== undefined))
    usage('--all, --user and --session belong to "sessions end".')
  if (values.reason !== undefined && !isUserChange(positionals) && !TAKES_REASON.includes(command))
    usage('--reason belongs to a change of an account, to "sessions end" and to "clients remove".')
  const ofClients = CLIENT_OPTIONS.find((name) => values[name] !== undefined)
  if (ofClients && command !== 'clients add') usage(`--${ofClients} belongs to "clients add".`)
  if (!['users', 'clients'].includes(positionals[0] ?? '') && rest.length > 0) usage(`"${rest.join(' ')}" is too much.`)
  switch (command) {
    case 'doctor':
      return doctor()
    case 'sessions end':
      return sessionsEnd(values)
    case 'sessions purge':
      return purgeSessions()
    case 'keys rotate':
      return rotateKeys()
    default:
      if (positionals[0] === 'clients') return clients(positionals[1], rest, values)
      if (positionals[0] === 'users') return users(positionals[1], rest, values.reason)
      return usage(command ? `"${command}" is not a command.` : 'A command is missing.')
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        all: { type: 'boolean' },
        user: { type: 'string' },
        session: { type: 'string' },
        reason: { type: 'string' },
        ...CLIENT,
      },
    })
  } catch (error) {
    return usage((error as Error).message.split(/\. |\n/)[0]?.replace(/\.?$/, '.') ?? '')
  }
}

function isUserChange([area, name]: readonly string[]): boolean {
  return area === 'users' && isUserCommand(name)
}

function users(name: string | undefined, rest: readonly string[], reason: string | undefined): Promise<number> {
  if (name === 'list') return rest.length < 2 ? listUsers(rest[0] ?? '') : usage('"users list" takes one TEXT.')
  if (!isUserCommand(name)) return usage(name ? `"users ${name}" is not a command.` : 'A command is missing.')
  return rest.length === 1 && rest[0] ? changeUser(name, rest[0], reason) : usage(`"users ${name}" needs one EMAIL.`)
}

function clients(
  name: string | undefined,
  rest: readonly string[],
  values: ReturnType<typeof parsed>['values'],
): Promise<number> {
  const [first] = rest
  switch (name) {
    case 'list':
      return first === undefined ? listClients() : usage(`"${rest.join(' ')}" is too much.`)
    case 'remove':
      return rest.length === 1 && first ? removeClient(first, values.reason) : usage('"clients remove" needs one ID.')
    case 'add':
      if (rest.length !== 1 || !first) return usage('"clients add" needs one NAME.')
      return addClient(wantedBy(first, values), values.jwks)
    default:
      return usage(name ? `"clients ${name}" is not a command.` : 'A command is missing.')
  }
}

function wantedBy(name: string, values: ReturnType<typeof parsed>['values']) {
  return {
    name,
    redirectUris: values.redirect ?? [],
    postLogoutRedirectUris: values['post-logout'] ?? [],
    backchannelLogoutUri: values['backchannel-logout'] ?? '',
    scope: values.scope ?? DEFAULT_SCOPE,
    device: values.device ?? false,
    confidential: values.confidential ?? false,
  }
}

function sessionsEnd({ all, user, session, reason }: ReturnType<typeof parsed>['values']): Promise<number> {
  const given = [all, user, session].filter((one) => one !== undefined)
  if (given.length > 1) usage('--all, --user and --session exclude each other.')
  const because = reason === undefined ? undefined : parseReason(reason)
  if (because && 'problem' in because) usage(`--reason: ${because.problem}`)
  const why = because && 'reason' in because ? because.reason : undefined
  if (all) return endEverybodysSessions(why)
  if (session) return endOneSession(session, why)
  return user ? endSessionsOf(user, why) : usage('"sessions end" needs --user EMAIL, --session ID or --all.')
}

function showHelp(): number {
  say(USAGE)
  return 0
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? reasonOf(cause) : message
}
