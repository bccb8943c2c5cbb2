'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { arrived, finished } from '#lib/account/arrival.ts'
import { reportNotMe } from '#lib/account/not-me.ts'
import { actionContext, isOwnForm, setCookies, staleForm } from '#lib/http/form.ts'
import type { FormState } from '#ui/form-state.ts'

/** The proof is that of the notice, in this browser's cookie: whoever reads the account's mail may secure it. */
export async function reportAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm() }
  const cookies = (await headers()).get('cookie')
  const { link } = await arrived('not-me', cookies)
  const outcome = await reportNotMe(link, context)
  await setCookies([await finished('not-me', outcome === 'reported', cookies)])
  redirect('/not-me')
}
