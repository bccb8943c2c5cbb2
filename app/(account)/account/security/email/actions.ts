'use server'
import { redirect } from 'next/navigation'
import { askForEmail } from '#lib/account/change-email.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { actionContext, text } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import type { FormState } from '#ui/form-state.ts'
import { earn } from '../../../earn.ts'
import { PAGE } from '../outcome.ts'

/** Asks for another address: nothing changes before it is confirmed there. The answer does not tell whose it is. */
export async function changeEmail(_: FormState, data: FormData): Promise<FormState> {
  const values = { newEmail: text(data, 'newEmail') }
  const proof = await earn('full', data, { page: PAGE, values, act: 'email-changed' })
  if ('status' in proof) return proof
  const asked = await askForEmail(proof, values.newEmail, await actionContext())
  switch (asked.outcome) {
    case 'invalid':
      return { status: 'invalid', fields: { newEmail: asked.message }, values }
    case 'held':
      return { status: 'refused', message: asked.message, values }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(asked.retryAfter), values }
    case 'session-over':
      redirect(signInPath(PAGE))
      break
    case 'asked':
      return { status: 'done', message: sent(asked.email) }
  }
}

function sent(email: string): string {
  return `A mail is on its way to ${email}. Your address changes once you have opened its link where you are signed in and confirmed, within 10 minutes.`
}
