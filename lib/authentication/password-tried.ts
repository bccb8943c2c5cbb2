import 'server-only'
import type { NewEvent, User } from '#db/contract.ts'
import { store } from '#lib/store.ts'
import { hashPassword, verifyPassword } from './password.ts'

/**
 * With so many wrong passwords in a row, counted over all ways in, no password opens the account until a mailed reset.
 * @see NIST SP 800-63B-4 §3.2.2
 */
const MOST_FAILURES = 100

/**
 * Whether this is the user's password, and counts it. An unknown user, or one whose password is switched off, takes the
 * same way and the same time.
 * @param event noted when it is wrong
 */
export async function tryPassword(
  user: User | undefined,
  password: string,
  event: NewEvent,
): Promise<'right' | 'wrong' | 'busy'> {
  const verified = await verifyPassword(user?.passwordHash ?? null, password)
  if (verified === 'busy') return 'busy'
  if (!user || !verified.right) {
    await store().users.passwordTried(user?.id ?? null, false, MOST_FAILURES, event)
    return 'wrong'
  }
  if (user.passwordFailures > 0) await store().users.passwordTried(user.id, true, MOST_FAILURES, event)
  if (verified.rehash) await rehash(user, password)
  return 'right'
}

/** Parameters grow with the machines: a hash made with older ones is replaced while the password is at hand. */
async function rehash(user: User, password: string): Promise<void> {
  const renewed = await hashPassword(password)
  if (renewed !== 'busy' && user.passwordHash) await store().users.rehash(user.id, user.passwordHash, renewed)
}
