import 'server-only'
import { hashSync, verifySync } from '@node-rs/argon2'

/**
 * The work of a hashing thread (`hashing-threads.ts`), which loads nothing else. Plain JavaScript: a thread loads it as it
 * stands, under any Node that the app runs on.
 */

/** @param {{ password: string, options: import('@node-rs/argon2').Options }} task */
export function make({ password, options }) {
  return hashSync(password, options)
}

/** @param {{ stored: string, password: string }} task with a PHC string */
export function check({ stored, password }) {
  return verifySync(stored, password)
}
