import 'server-only'
import type { Store } from '#db/contract.ts'
import type { Settings } from '#lib/config.ts'
import { clientProof } from '#lib/openid-provider/registration.ts'
import { epochProblem, fromFile } from '#lib/session/epoch.ts'
import { markInFile, marksFile } from '#lib/session/high-water.ts'
import { HOUR, now, SECOND, secondsBetween } from '#lib/time.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** The database's clock decides; beyond this, what people read on their clocks looks wrong. Seconds. */
const CLOCK_DIFFERENCE = 5 * SECOND

/** Throws `StoreUnavailable`. */
export async function aboutDatabase(store: Store, settings: Settings): Promise<Finding[]> {
  await store.ping()
  const theirs = await store.clock()
  const difference = Math.abs(theirs.getTime() - now().getTime()) / 1000
  const findings = [ok(`the ${store.dialect} database answers, and its schema is current`)]
  if (difference > CLOCK_DIFFERENCE) {
    findings.push(
      warning(`The database's clock is ${Math.round(difference)} s away from this machine's. Set both by NTP.`),
    )
  }
  const aboutOthers = [
    await aboutEnds(store, settings),
    await aboutClients(store, settings),
    await aboutWaitingMail(store),
  ]
  return [...findings, ...aboutOthers.flat()]
}

/** The epoch and what an older copy of the database would give itself away by. @see docs/decisions/0026 */
async function aboutEnds(store: Store, { epoch }: Settings): Promise<Finding[]> {
  const { id, lastEnd } = await store.state()
  const mark = markInFile(id)
  const known = fromFile(epoch.file)
  const problem = epochProblem()
  if (problem) return [error(problem)]
  if (mark !== undefined && lastEnd < mark) {
    return [
      warning(
        `The database knows of ${lastEnd} ends, and there were ${mark}: it is an older copy. The start ends all sessions.`,
      ),
    ]
  }
  if (known !== null && mark !== undefined)
    return [ok(`epoch ${Math.max(known, epoch.given ?? 0)}; ends are noted in ${marksFile()}`)]
  if (lastEnd === 0) return [ok(`no session has ended yet; the first start makes ${epoch.file}`)]
  const missing = known === null ? epoch.file : marksFile()
  return [
    warning(
      `${missing} is missing or tells nothing of this database: if it is a restored backup, run: npm run signet -- sessions end --all`,
    ),
  ]
}

/** Those that were added at another level, and are nobody at this one. @see docs/decisions/0042 */
async function aboutClients({ clients }: Store, { policy: { level } }: Settings): Promise<Finding[]> {
  const refused = (await clients.list()).filter((client) => !clientProof(client, level).taken)
  if (refused.length === 0) return []
  const names = refused.map(({ name }) => `“${name}”`).join(', ')
  return [
    warning(
      `At level ${level} no application may prove itself by a secret: ${names}. Add each anew, with --jwks, and remove the old one.`,
    ),
  ]
}

/** Delivery is tried again by itself; what waits for longer than this says that something is wrong. Seconds. */
const WAITING_LONG = HOUR

async function aboutWaitingMail(store: Store): Promise<Finding[]> {
  const { count, oldest } = await store.outbox.waiting()
  if (oldest === null || secondsBetween(oldest, await store.clock()) < WAITING_LONG) return []
  const since = oldest.toISOString().slice(0, 16).replace('T', ' ')
  return [
    warning(`${count} ${count === 1 ? 'mail waits' : 'mails wait'}, the oldest since ${since} UTC. The log says why.`),
  ]
}
