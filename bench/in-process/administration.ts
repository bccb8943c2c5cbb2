import 'server-only'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { eventOf } from '#db/records.ts'
import { settings } from '#lib/config.ts'
import { administratorProof } from '#lib/session/administrator.ts'
import { currentSession } from '#lib/session/current.ts'
import { openStoreOnce, store } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'
import { newUser, signInOn } from './people.ts'

/** What the pages of administration ask of the store, page by page. */
export interface AdministrationResult {
  /** Milliseconds of all queries of a page together, once for each time it was asked for. */
  readonly pages: Readonly<Record<string, PageTimes>>
  /** How long the event loop stood still while figures were counted, in milliseconds, once for each turn. */
  readonly pauses: readonly number[]
  /** The administrator's `Cookie` header. */
  readonly cookie: string
  readonly userIds: readonly string[]
}

/** On a machine that others use too, the processor's time says more than the clock. */
export interface PageTimes {
  readonly elapsed: readonly number[]
  readonly processor: readonly number[]
}

const { rounds } = await input<{ readonly rounds: number }>()
await openStoreOnce()
const userIds = spreadOut()
const { proof, cookie } = await administrator()
const { administration, sessions, events } = store()

const users = (search: string, after: string | null = null) => administration.users(proof, { search, after, most: 26 })
const pages = {
  'users, the first page': () => users(''),
  'users, a search that finds one': () => users('77@example.org'),
  'users, a search that finds nobody': () => users('nobody at all'),
  'one user': userPage,
  'sessions: figures, plot and the newest': sessionsPage,
}
const times: Record<string, PageTimes> = {}
for (const [name, page] of Object.entries(pages)) times[name] = await timesOf(page)
const pauses = await pausesDuring(() => sessionsPage())
answer({ pages: times, pauses, cookie, userIds: userIds.slice(0, 1000) } satisfies AdministrationResult)

async function timesOf(page: (round: number) => unknown): Promise<PageTimes> {
  await page(0)
  const [elapsed, processor]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const [from, used] = [performance.now(), process.cpuUsage()]
    await page(round)
    elapsed.push(performance.now() - from)
    const { user, system } = process.cpuUsage(used)
    processor.push((user + system) / 1000)
  }
  return { elapsed, processor }
}

async function userPage(round: number): Promise<void> {
  const id = userIds[(round * 7919) % userIds.length] as string
  await administration.user(proof, id)
  await sessions.list(id)
  await sessions.listEnded(id, 20)
  await events.list({ userId: id, kinds: [], before: null, most: 26 })
}

async function sessionsPage(): Promise<void> {
  await administration.figures(proof)
  await administration.sessions(proof, 20)
}

async function administrator() {
  const user = await newUser('none')
  await store().users.change(
    { by: 'shell', userId: user.id },
    { kind: 'administrator-granted' },
    eventOf('administrator-granted', user.id),
  )
  const now = await store().users.find(user.id)
  const { cookie } = await signInOn(now ?? user)
  const current = await currentSession(cookie)
  const proof = current.state === 'standing' ? await administratorProof(current.proof) : null
  if (!proof) throw new Error('the administrator is none')
  return { proof, cookie }
}

/** As after a day's work: begun over hours, half of them locked, and others ended over two days. */
function spreadOut(): readonly string[] {
  const db = new Database(join(settings().dataDir, 'signet.db'))
  db.pragma('synchronous = OFF')
  db.exec(`update sessions set began_at = began_at - abs(random()) % 28000000,
      locked_at = case when rowid % 2 then last_active_at end;
    insert into ended_sessions (id, user_id, kind, began_at, last_active_at, ended_at, reason)
      select 'past-' || id, user_id, kind, began_at - 40000000, began_at, began_at - abs(random()) % 172800000,
        case rowid % 3 when 0 then 'idle' when 1 then 'signed-out' else 'expired' end
      from sessions where rowid % 5 = 0`)
  const ids = db.prepare('select id from users').pluck().all() as string[]
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  return ids
}

async function pausesDuring(work: () => Promise<void>): Promise<readonly number[]> {
  const pauses: number[] = []
  const done = work().then(() => true)
  for (let last = performance.now(), over = false; !over; ) {
    over = await Promise.race([done, setImmediate(false)])
    const at = performance.now()
    pauses.push(at - last)
    last = at
  }
  return pauses
}
