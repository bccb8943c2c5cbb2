'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { arrived, finished } from '#lib/account/arrival.ts'
import { confirmEmail, moveOf } from '#lib/account/change-email.ts'
import { RENEWED } from '#lib/authentication/step-up.ts'
import { actionContext, isOwnForm, setCookies, staleForm } from '#lib/http/form.ts'
import { pageSession } from '#lib/session/require.ts'
import type { FormState } from '#ui/form-state.ts'

/** Two proofs: the link's token in this browser's cookie, and a session of the account that asked for it. */
export async function confirmEmailAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm() }
  const cookies = (await headers()).get('cookie')
  const { link } = await arrived('confirm-email', cookies)
  const [move, current] = [await moveOf(link), await pageSession()]
  // The page says what is missing.
  if (current.state !== 'standing' || (move && move.userId !== current.proof.userId)) redirect('/confirm-email')
  const outcome = move ? await confirmEmail(move, current.proof, context) : 'void'
  if (outcome === 'superseded') return { status: 'refused', message: RENEWED }
  await setCookies([await finished('confirm-email', outcome === 'changed', cookies)])
  redirect('/confirm-email')
}
