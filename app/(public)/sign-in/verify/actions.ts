'use server'
import { redirect } from 'next/navigation'
import { stepWithCode } from '#lib/authentication/second-step.ts'
import { CODES_SWITCHED_OFF, throttledSentence } from '#lib/authentication/throttle-words.ts'
import { beganCookies } from '#lib/http/began.ts'
import { actionContext, isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import { returnPath } from '#lib/http/return-path.ts'
import type { FormState } from '#ui/form-state.ts'

/** No proof is asked for: this is where one is earned. Who is signing in stands in the half, not in the form. */
export async function verifyAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm() }
  const code = text(data, 'code')
  if (code === '') return { status: 'invalid', fields: { code: 'Enter the code.' } }
  const returnTo = returnPath(text(data, 'returnTo'))
  const result = await stepWithCode(context, code, text(data, 'attempt') || undefined, returnTo)
  switch (result.outcome) {
    case 'wrong-factor':
      return { status: 'invalid', fields: { code: 'That code is not right, or was used already. Try the next one.' } }
    case 'no-room':
      return { status: 'refused', message: NO_ROOM }
    case 'throttled':
      return { status: 'refused', message: result.lasting ? CODES_SWITCHED_OFF : throttledSentence(result.retryAfter) }
    case 'void':
    case 'second-factor':
      redirect('/sign-in?again')
      break
    case 'limit-reached':
      await setCookies(beganCookies(result.cookie, context))
      redirect('/sign-in/limit')
      break
    case 'signed-in':
      await setCookies(beganCookies(result.cookie, context))
      redirect(result.returnTo)
  }
}

const NO_ROOM =
  'That code is right, and your account has as many sessions as it may have. Sign in with your password: then you choose which of them ends.'
