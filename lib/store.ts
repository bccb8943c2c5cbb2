import 'server-only'
import { type Store, type StoreOptions, StoreUnavailable } from '#db/contract.ts'
import { openStore } from '#db/index.ts'
import { type Settings, settings } from './config.ts'
import { log } from './log.ts'
import { epoch } from './session/epoch.ts'
import { recordEnds, verifyDatabase } from './session/high-water.ts'
import { limitsFor, standing } from './session/policy.ts'
import { now } from './time.ts'

/** On `globalThis`: a bundler may instantiate this module more than once in a process. */
const shared = globalThis as typeof globalThis & {
  signetStore?: Store
  signetOpening?: Promise<Store>
  signetVerifies?: boolean
}

/** The store of this process. Throws `StoreUnavailable` as long as it has not been opened. */
export function store(): Store {
  if (shared.signetStore) return shared.signetStore
  throw new StoreUnavailable('not open yet')
}

/**
 * Opens the store, bringing its schema up to date. Calls while it opens share one attempt; a failed one can be repeated.
 * A database that is away need not fail here: `ping` tells whether it answers.
 */
export function openStoreOnce(options: StoreOptions = storeOptions(settings())): Promise<Store> {
  if (shared.signetStore) return Promise.resolve(shared.signetStore)
  shared.signetOpening ??= open(options).finally(() => {
    delete shared.signetOpening
  })
  return shared.signetOpening
}

async function open(options: StoreOptions): Promise<Store> {
  const store = await openStore(options)
  shared.signetStore = store
  shared.signetVerifies = options.verify !== undefined
  return store
}

export async function closeStore(): Promise<void> {
  const { signetStore } = shared
  delete shared.signetStore
  // A command may have ended sessions while no server was there to note it. A database that is away has told of none.
  if (signetStore && shared.signetVerifies) await recordEnds(signetStore).catch(() => undefined)
  await signetStore?.close()
}

/** What a store needs of the settings: the rules come in from here and stand nowhere in `db/`. */
export function storeOptions({ databaseUrl, policy }: Settings, clock: () => Date = now): StoreOptions {
  return {
    url: databaseUrl,
    clock,
    standing: (times, at) => standing(times, policy, at),
    shortestInactivity: (remembered) => limitsFor(policy, remembered).inactivityTimeout,
    shortestLifetime: (remembered) => limitsFor(policy, remembered).absoluteLifetime,
    renewalGrace: policy.renewalGrace,
    epoch,
    verify: verifyDatabase,
    log: (message, details) => log().warn(details, message),
  }
}
