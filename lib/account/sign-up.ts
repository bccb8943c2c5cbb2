import 'server-only'
import type { SessionCheck, User } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { BUSY_FOR, hashPassword, isBusy } from '#lib/authentication/password.ts'
import { passwordAdvice } from '#lib/authentication/password-advice.ts'
import { passwordProblem } from '#lib/authentication/password-policy.ts'
import { signUpThrottle } from '#lib/authentication/throttle.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { FieldError } from '#lib/http/problem.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { randomId } from '#lib/random.ts'
import { beginSession, newBeginning } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import { parseEmail } from './email.ts'
import { parseName } from './name.ts'

export interface Application {
  readonly name: string
  readonly email: string
  readonly password: string
}

export type SignedUp =
  | { readonly outcome: 'signed-up'; readonly user: User; readonly session: SessionCheck; readonly cookie: Cookie }
  /** There is an account, and no session: all sessions were ended in this very moment, or the account was disabled. */
  | { readonly outcome: 'no-session' }
  | { readonly outcome: 'invalid'; readonly errors: readonly FieldError[] }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

const TAKEN = 'This address has an account already. Sign in instead, or use another address.'

/**
 * Creates an account and signs in. The one place that tells whether an address has an account, so it is throttled
 * hard (docs/decisions/0011).
 */
export async function signUp(application: Application, context: RequestContext): Promise<SignedUp> {
  const checked = check(application)
  if (checked.errors.length > 0) return { outcome: 'invalid', errors: checked.errors }
  if (isBusy()) return { outcome: 'throttled', retryAfter: BUSY_FOR }
  const attempt = await signUpThrottle(store()).take({ ip: context.origin.ip })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const passwordHash = await hashPassword(application.password)
  if (passwordHash === 'busy') {
    await attempt.giveBack()
    return { outcome: 'throttled', retryAfter: BUSY_FOR }
  }
  const id = randomId()
  const event = eventFrom('account-created', { userId: id, sessionId: null }, context)
  const user = await store().users.create({ id, name: checked.name, email: checked.email, passwordHash }, event)
  if (user === 'email-taken') return { outcome: 'invalid', errors: [{ field: 'email', message: TAKEN }] }
  await attempt.giveBack()
  const opened = await beginSession(newBeginning(user, 'pwd'), context)
  if (opened.outcome !== 'begun') return { outcome: 'no-session' }
  return { outcome: 'signed-up', user, session: opened.session, cookie: opened.cookie }
}

/** Everything that is wrong, at once. */
function check({ name, email, password }: Application) {
  const errors: FieldError[] = []
  const parsedName = parseName(name)
  const parsedEmail = parseEmail(email)
  if ('problem' in parsedName) errors.push({ field: 'name', message: parsedName.problem })
  if ('problem' in parsedEmail) errors.push({ field: 'email', message: parsedEmail.problem })
  const person = { name, email }
  const weakness = passwordProblem(password, person)
  if (weakness) errors.push({ field: 'password', message: passwordAdvice(weakness) })
  return {
    errors,
    name: 'name' in parsedName ? parsedName.name : '',
    email: 'email' in parsedEmail ? parsedEmail.email : '',
  }
}
