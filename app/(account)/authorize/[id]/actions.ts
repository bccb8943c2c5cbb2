'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { actionContext, isOwnForm, staleForm, text } from '#lib/http/form.ts'
import { allow, cancel } from '#lib/openid-provider/answer.ts'
import { waitingRequest } from '#lib/openid-provider/waiting.ts'
import { requireSession } from '#lib/session/require.ts'
import type { FormState } from '#ui/form-state.ts'

/** What the person says to an application's request. */
export async function answerAction(_: FormState, data: FormData): Promise<FormState> {
  const proof = await requireSession()
  if (!isOwnForm(data, proof)) return { status: 'refused', message: await staleForm() }
  const id = text(data, 'request')
  const waiting = await waitingRequest((await headers()).get('cookie'), id, proof)
  if (waiting && text(data, 'answer') === 'allow') await allow(waiting, proof, await actionContext())
  if (waiting && text(data, 'answer') === 'cancel') await cancel(waiting)
  // The page says what came of it.
  redirect(`/authorize/${encodeURIComponent(id)}`)
}
