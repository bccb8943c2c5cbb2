import 'server-only'
import { hashSync, type Options, verifySync } from '@node-rs/argon2'

/** The work of a hashing thread (`hashing-threads.ts`), which loads nothing else. */

export interface ToHash {
  readonly password: string
  readonly options: Options
}

export function make({ password, options }: ToHash): string {
  return hashSync(password, options)
}

export interface ToCheck {
  /** A PHC string. */
  readonly stored: string
  readonly password: string
}

export function check({ stored, password }: ToCheck): boolean {
  return verifySync(stored, password)
}
