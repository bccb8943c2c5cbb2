import 'server-only'
import { type Store, StoreUnavailable, type User } from '#db/contract.ts'
import { eventOf } from '#db/records.ts'
import { hashPassword } from '#lib/authentication/password.ts'
import { formatDuration } from '#lib/config/duration.ts'
import { randomId, randomSecret } from '#lib/random.ts'
import { closeStore } from '#lib/store.ts'
import { HOUR, MINUTE } from '#lib/time.ts'
import { PEOPLE, type Person } from './demo/people.ts'
import { type Cookies, openStage, playPast, playPresent, setBack } from './demo/stage.ts'
import { prepare, prepareKeys } from './prepare.ts'
import { fail, say } from './terminal.ts'

/**
 * `npm run demo`: people with sessions, past ones too. Run again, it gives the same people new passwords and new
 * sessions. No password is fixed anywhere: each is made here, printed once and kept as a hash.
 */
const { origin, policy } = prepare()
prepareKeys()
try {
  const store = await openStage()
  for (const person of PEOPLE) await enter(store, person)
  await discardMail(store)
} catch (error) {
  if (!(error instanceof StoreUnavailable)) throw error
  fail('The database cannot be used. See: npm run signet -- doctor')
}
await closeStore()
say()
say(
  `Sign in at ${origin}/sign-in. Their sessions end by inactivity within ${formatDuration(policy.ordinary.inactivityTimeout)}.`,
)

async function enter(store: Store, person: Person): Promise<void> {
  const password = randomSecret().toString('base64url').replace(/[-_]/g, '').slice(0, 20)
  setBack((person.past[0]?.ago ?? 0) + HOUR)
  const { user, isNew } = await accountOf(store, person, await hashed(password))
  const cookies: Cookies = new Map()
  if (isNew) await playPast(store, user, person, cookies)
  await playPresent(store, user, person, cookies, !isNew)
  say(`${person.email.padEnd(20)} ${password}`)
}

/** Nobody reads what would be mailed to the demo people. What waits for others is sent a minute later. */
async function discardMail(store: Store): Promise<void> {
  setBack(0)
  const addresses = new Set(PEOPLE.map(({ email }) => email))
  for (let due = await store.outbox.claim(100, MINUTE); due.length > 0; due = await store.outbox.claim(100, MINUTE)) {
    for (const { id, to } of due) if (addresses.has(to)) await store.outbox.sent(id)
  }
}

async function accountOf(
  store: Store,
  { name, email }: Person,
  passwordHash: string,
): Promise<{ user: User; isNew: boolean }> {
  const id = randomId()
  const created = await store.users.create({ id, name, email, passwordHash }, eventOf('account-created', id))
  if (created !== 'email-taken') return { user: created, isNew: true }
  const user = await store.users.findByEmail(email)
  if (!user) throw new Error('an address was taken and has no account')
  if (user.passwordHash) await store.users.rehash(user.id, user.passwordHash, passwordHash)
  return { user, isNew: false }
}

async function hashed(password: string): Promise<string> {
  const hash = await hashPassword(password)
  if (hash === 'busy') throw new Error('nobody else hashes here')
  return hash
}
