'use server'
import { redirect } from 'next/navigation'
import { reauthenticate } from '#lib/authentication/reauthenticate.ts'
import { shownIn } from '#lib/authentication/shown.ts'
import { afterShowing, asked, isEnough } from '#lib/authentication/step-up.ts'
import { actionContext, isOwnForm, staleForm, text } from '#lib/http/form.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { missingOf } from '#lib/session/current.ts'
import { requireStanding } from '#lib/session/require.ts'
import type { FormState } from '#ui/form-state.ts'
import { earned } from '../earn.ts'
import { parsePurpose } from './purpose.ts'

/** Whatever is fresh already: who comes here shows who they are. */
export async function reauthenticateAction(_: FormState, data: FormData): Promise<FormState> {
  const current = await requireStanding()
  const back = returnPath(text(data, 'returnTo'))
  if (!isOwnForm(data, current.proof)) return { status: 'refused', message: await staleForm() }
  const kind = parsePurpose(text(data, 'for'))
  const form = { page: back, values: {} }
  const [shown, missing] = [shownIn(data), await missingOf(kind, current.proof, 0)]
  if (!isEnough(kind, missing, shown)) return (await earned(asked(missing), form)) as FormState
  const result = await earned(
    await afterShowing(kind, await reauthenticate(current, shown, await actionContext())),
    form,
  )
  if ('status' in result) return result
  redirect(back)
}
