'use server'
import { redirect } from 'next/navigation'
import { reauthenticate } from '#lib/authentication/reauthenticate.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { actionContext, isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import { problemTitle } from '#lib/http/problem.ts'
import { returnPath, signInPath } from '#lib/http/return-path.ts'
import { requireStanding } from '#lib/session/require.ts'
import type { FormState } from '#ui/form-state.ts'

export async function reauthenticateAction(_: FormState, data: FormData): Promise<FormState> {
  const current = await requireStanding()
  const back = returnPath(text(data, 'returnTo'))
  if (!isOwnForm(data, current.proof)) return { status: 'refused', message: await staleForm() }
  const password = text(data, 'password')
  if (password === '') return { status: 'invalid', fields: { password: 'Enter your password.' } }
  const result = await reauthenticate(current, password, await actionContext())
  switch (result.outcome) {
    case 'wrong-password':
      return { status: 'invalid', fields: { password: 'That password is wrong.' } }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(result.retryAfter) }
    case 'superseded':
      return { status: 'refused', message: problemTitle('session_renewed') }
    case 'session-over':
      redirect(signInPath(back))
      break
    case 'confirmed':
      await setCookies([result.cookie])
      redirect(back)
  }
}
