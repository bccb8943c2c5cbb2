import 'server-only'
import nextEnv from '@next/env'
import type { Store } from '#db/contract.ts'
import { type Settings, settings, WrongSettings } from '#lib/config.ts'
import { WrongKeys } from '#lib/keys/file.ts'
import { ring } from '#lib/keys/ring.ts'
import { openStoreOnce, storeOptions } from '#lib/store.ts'
import { fail } from './terminal.ts'

/**
 * The settings as the server would find them, `.env` files included, or the end of the command: every wrong
 * setting is named at once. Otherwise the command line could work on another database than the server.
 */
export function prepare({ development = false } = {}): Settings {
  loadEnvFiles(development)
  return orFail(settings)
}

export function loadEnvFiles(development = false): void {
  nextEnv.loadEnvConfig(process.cwd(), development, { info: () => {}, error: (...parts) => fail(parts.join(' ')) })
}

/** The store for a command: it answers for itself, so the store's own notes stay out of its output. */
export function openQuietly(): Promise<Store> {
  return openStoreOnce({ ...storeOptions(settings()), log: () => {} })
}

/** The same for only looking: it notes nothing outside of the database, and ends nothing that was restored. */
export function openForLooking(): Promise<Store> {
  const { verify: _, ...options } = storeOptions(settings())
  return openStoreOnce({ ...options, log: () => {} })
}

/** Makes the keys when there are none. */
export function prepareKeys(): void {
  orFail(ring)
}

function orFail<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof WrongSettings) return fail(['These settings are wrong:', ...error.problems].join('\n  '))
    if (error instanceof WrongKeys) return fail(error.message)
    throw error
  }
}
