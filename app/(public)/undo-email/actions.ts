'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { arrived, finished } from '#lib/account/arrival.ts'
import { undoEmail } from '#lib/account/undo-email.ts'
import { actionContext, isOwnForm, setCookies, staleForm } from '#lib/http/form.ts'
import type { FormState } from '#ui/form-state.ts'

/** The proof is that of the notice, in this browser's cookie. */
export async function undoEmailAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm() }
  const cookies = (await headers()).get('cookie')
  const { link } = await arrived('undo-email', cookies)
  const outcome = await undoEmail(link, context)
  await setCookies([await finished('undo-email', outcome === 'restored', cookies)])
  redirect('/undo-email')
}
