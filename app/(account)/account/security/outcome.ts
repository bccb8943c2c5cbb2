import 'server-only'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { type AccountChanged, endedWords } from '#lib/account/change.ts'
import { setCookies } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import type { FormState } from '#ui/form-state.ts'

export const PAGE = '/account/security'

const REFUSED = {
  superseded: 'Your session was just renewed, so nothing has been done yet. Please press the button once more.',
  void: 'Your account has changed meanwhile, so nothing has been done. Please try again.',
  'not-found': 'That is gone already.',
  unchanged: 'That is so already.',
  'email-taken': 'That address has an account already.',
  'passkey-taken': 'That passkey belongs to an account already.',
  'last-passkey':
    'This is your last passkey, and nothing else opens your account at this level. Add another one first.',
  'identity-taken': 'That account elsewhere opens another account here.',
  'last-identity': 'Nothing else opens your account. Add a passkey first, or have a link for a password mailed to you.',
  'last-administrator': 'This is the last administrator. Somebody else has to become one first.',
} as const

/** What a change came to, for its form: the new token goes to the browser, and what ended is told. */
export async function outcomeOf(
  changed: AccountChanged,
  message: string,
  values: Readonly<Record<string, string>>,
): Promise<FormState> {
  if (changed.outcome === 'session-over') redirect(signInPath(PAGE))
  if (changed.outcome !== 'changed') return { status: 'refused', message: REFUSED[changed.outcome], values }
  if (changed.cookie) await setCookies([changed.cookie])
  revalidatePath(PAGE)
  return { status: 'done', message: `${message} ${endedWords(changed.ended)}`.trim(), values }
}
