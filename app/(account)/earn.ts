import 'server-only'
import { redirect } from 'next/navigation'
import type { FullProof } from '#db/contract.ts'
import type { Act } from '#lib/authentication/challenges.ts'
import { actOf } from '#lib/authentication/confirmed-act.ts'
import { shownIn } from '#lib/authentication/shown.ts'
import { type StepUp, stepUp, stepUpByPassword } from '#lib/authentication/step-up.ts'
import { actionContext, isOwnForm, setCookies, staleForm } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import type { Proofs } from '#lib/session/current.ts'
import { requireStanding } from '#lib/session/require.ts'
import type { FormState } from '#ui/form-state.ts'

interface Form {
  /** Where it stands. */
  readonly page: string
  /** What was typed, to be given back; never a secret. */
  readonly values: Readonly<Record<string, string>>
  /**
   * What is done with it: its hidden field `act` says the same, for the passkey that confirms this very act where each is
   * confirmed by itself. `continued`: it goes on with what a confirmed act has begun, and takes that away.
   */
  readonly act: string
}

/**
 * The first line of an action that needs more than a session: the proof that the act takes, or what its form must show.
 * What is missing may have come in the same form; then it is checked here, and the act goes on with the same press.
 */
export async function earn<Kind extends keyof Proofs>(
  kind: Kind,
  data: FormData,
  form: Form,
): Promise<Proofs[Kind] | FormState> {
  const current = await requireStanding()
  if (!isOwnForm(data, current.proof)) return { status: 'refused', message: await staleForm(), values: form.values }
  return earned(await stepUp(kind, current, shownIn(data), await actionContext(), actIn(data, form)), form)
}

function actIn(data: FormData, { act }: Form): Act | 'continued' {
  return act === 'continued' ? act : actOf(act, data)
}

/** Sets the cookie of a new token, if there is one; the rest is for the form to say. */
export async function earned<Kind extends keyof Proofs>(
  step: StepUp<Kind>,
  { page, values }: Omit<Form, 'act'>,
): Promise<Proofs[Kind] | FormState> {
  if (step.outcome === 'session-over') redirect(signInPath(page))
  if (step.cookie) await setCookies([step.cookie])
  if (step.outcome === 'proven') return step.proof
  const { message, fields } = step
  const status = Object.keys(fields).length > 0 ? 'invalid' : 'refused'
  return { status, ...(message && { message }), fields, values }
}

/** The name of the field for the present password, where a form asks for it whatever is fresh. */
const PRESENT = 'currentPassword'

/** The same for the change of the password: the present one is always asked for, in a field of its own name. */
export async function earnByPassword(data: FormData, form: Form): Promise<FullProof | FormState> {
  const current = await requireStanding()
  if (!isOwnForm(data, current.proof)) return { status: 'refused', message: await staleForm(), values: form.values }
  const step = await stepUpByPassword(current, shownIn(data, PRESENT), await actionContext(), actIn(data, form))
  const result = await earned(step, form)
  if (!('status' in result) || !result.fields?.password) return result
  const { password, ...fields } = result.fields
  return { ...result, fields: { ...fields, [PRESENT]: password } }
}
