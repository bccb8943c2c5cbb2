'use server'
import { askForReset } from '#lib/account/reset.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { actionContext, isOwnForm, staleForm, text } from '#lib/http/form.ts'
import type { FormState } from '#ui/form-state.ts'

/** The same for everybody. */
const ASKED =
  'If this is the address of an account, a mail with a link is on its way. The link works once, within 10 minutes, and only the newest one counts.'

/** No proof is asked for: whoever asks has lost theirs. The answer does not tell whether there is an account. */
export async function askForResetAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  const values = { email: text(data, 'email') }
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm(), values }
  const result = await askForReset(values.email, context)
  switch (result.outcome) {
    case 'invalid':
      return { status: 'invalid', fields: { email: result.message }, values }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(result.retryAfter), values }
    case 'asked':
      return { status: 'done', message: ASKED, values }
  }
}
