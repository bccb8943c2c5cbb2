'use server'
import { redirect } from 'next/navigation'
import { signIn } from '#lib/authentication/sign-in.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { beganCookies } from '#lib/http/began.ts'
import { actionContext, checked, isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import { problemTitle } from '#lib/http/problem.ts'
import { returnPath } from '#lib/http/return-path.ts'
import type { FormState } from '#ui/form-state.ts'

/** No proof is asked for: this is where one is earned. */
export async function signInAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  const values = { email: text(data, 'email'), ...(checked(data, 'remember') && { remember: 'on' }) }
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm(), values }
  const [password, remember] = [text(data, 'password'), checked(data, 'remember')]
  const returnTo = returnPath(text(data, 'returnTo'))
  const result = await signIn({ email: values.email, password, remember, returnTo }, context)
  switch (result.outcome) {
    case 'wrong-credentials':
      return { status: 'refused', message: problemTitle('invalid_credentials'), values }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(result.retryAfter), values }
    case 'second-factor':
    case 'limit-reached':
    case 'signed-in':
      await setCookies(beganCookies(result.cookie, context))
      redirect(NEXT[result.outcome] ?? returnTo)
  }
}

/** Where the next step is, if there is one. */
const NEXT: Readonly<Record<string, string>> = {
  'second-factor': '/sign-in/verify',
  'limit-reached': '/sign-in/limit',
}
