'use server'
import { redirect } from 'next/navigation'
import { signUp } from '#lib/account/sign-up.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { beganCookies } from '#lib/http/began.ts'
import { actionContext, isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import { returnPath, signInPath } from '#lib/http/return-path.ts'
import type { FormState } from '#ui/form-state.ts'

/** No proof is asked for: an account that does not exist yet has none. */
export async function signUpAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  const values = { name: text(data, 'name'), email: text(data, 'email') }
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm(), values }
  const result = await signUp({ ...values, password: text(data, 'password') }, context)
  switch (result.outcome) {
    case 'invalid': {
      const fields = Object.fromEntries(result.errors.map(({ field, message }) => [field, message]))
      return { status: 'invalid', fields, values }
    }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(result.retryAfter), values }
    case 'no-session':
      redirect(signInPath(returnPath(text(data, 'returnTo'))))
      break
    case 'signed-up':
      await setCookies(beganCookies(result.cookie, context))
      redirect(returnPath(text(data, 'returnTo')))
  }
}
