'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { parseName } from '#lib/account/name.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { actionContext, isOwnForm, staleForm, text } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import type { FormState } from '#ui/form-state.ts'

/** Changes the name that the account shows. It opens nothing, so an ordinary proof is enough. */
export async function changeName(_: FormState, data: FormData): Promise<FormState> {
  const proof = await requireSession()
  const values = { name: text(data, 'name') }
  if (!isOwnForm(data, proof)) return { status: 'refused', message: await staleForm(), values }
  const parsed = parseName(values.name)
  if ('problem' in parsed) return { status: 'invalid', fields: { name: parsed.problem }, values }
  const event = eventFrom('profile-changed', proof, await actionContext(), { name: parsed.name })
  const renamed = await store().users.rename(proof, parsed.name, event)
  if (renamed === 'session-over') redirect(signInPath('/account'))
  revalidatePath('/account')
  return { status: 'done', message: 'Your name is changed.', values: { name: parsed.name } }
}
