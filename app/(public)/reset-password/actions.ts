'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { arrived, finished } from '#lib/account/arrival.ts'
import { resetPassword } from '#lib/account/reset.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { actionContext, isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import type { FormState } from '#ui/form-state.ts'

/** The proof is the link's token in this browser's cookie. It signs nobody in. */
export async function resetPasswordAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm() }
  const cookies = (await headers()).get('cookie')
  const { link } = await arrived('reset-password', cookies)
  const result = await resetPassword(link, text(data, 'newPassword'), context)
  switch (result.outcome) {
    case 'invalid':
      return { status: 'invalid', fields: { newPassword: result.message } }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(result.retryAfter) }
    case 'reset':
    case 'void':
      await setCookies([await finished('reset-password', result.outcome === 'reset', cookies)])
      redirect('/reset-password')
  }
}
