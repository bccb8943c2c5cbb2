'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import type { FullProof } from '#db/contract.ts'
import { addPasskey, beginPasskey } from '#lib/account/passkeys.ts'
import { shownIn } from '#lib/authentication/shown.ts'
import { stepUp } from '#lib/authentication/step-up.ts'
import { actionContext, isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import { plainJson } from '#lib/http/plain-json.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { toEnrol } from '#lib/session/current.ts'
import { requireEnrolment } from '#lib/session/require.ts'
import type { FormState } from '#ui/form-state.ts'

const PAGE = '/account/security/enrol'
const AGAIN = 'This took too long, or your account has changed meanwhile. Please try again.'

/** First half: what the browser has to make. */
export async function beginFirstPasskey(_: FormState, data: FormData): Promise<FormState> {
  const enrolling = await requireEnrolment()
  if (!isOwnForm(data, enrolling)) return { status: 'refused', message: await staleForm() }
  const proof = await fullProof(data)
  if ('status' in proof) return proof
  const begun = await beginPasskey(proof, await actionContext())
  if (!begun) return { status: 'refused', message: AGAIN }
  await setCookies([begun.cookie])
  return { status: 'done', values: { options: begun.options } }
}

/** Second half: what the browser has made. The session stays below its level until the passkey has been used. */
export async function addFirstPasskey(_: FormState, data: FormData): Promise<FormState> {
  const enrolling = await requireEnrolment()
  if (!isOwnForm(data, enrolling)) return { status: 'refused', message: await staleForm() }
  const proof = await fullProof(data)
  if ('status' in proof) return proof
  const added = await addPasskey(proof, plainJson(text(data, 'made')), false, await actionContext())
  if (added === 'known') return { status: 'refused', message: 'That passkey belongs to an account already.' }
  if (added === 'refused') return { status: 'refused', message: 'That passkey could not be checked. Try again.' }
  const { changed } = added
  if (changed.outcome === 'session-over') redirect(signInPath(PAGE))
  if (changed.outcome !== 'changed') return { status: 'refused', message: AGAIN }
  if (changed.cookie) await setCookies([changed.cookie])
  revalidatePath(PAGE)
  return { status: 'done', message: `“${added.name}” is made. Continue with it.` }
}

/** All that the account has, shown a short while ago or in this very form: a passkey changes how it is proven. */
async function fullProof(data: FormData): Promise<FullProof | FormState> {
  const enrolling = await requireEnrolment()
  const step = await stepUp('full', toEnrol(enrolling), shownIn(data), await actionContext(), 'continued')
  if (step.outcome === 'session-over') redirect(signInPath(PAGE))
  if (step.cookie) await setCookies([step.cookie])
  if (step.outcome === 'proven') return step.proof
  const { message, fields } = step
  const status = Object.keys(fields).length > 0 ? 'invalid' : 'refused'
  return { status, ...(message && { message }), fields }
}
