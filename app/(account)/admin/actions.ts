'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { after } from 'next/server'
import { administer, endEverybody, parseAct } from '#lib/administration/acts.ts'
import { parseReason } from '#lib/administration/reason.ts'
import { doneSentence, LAST_ADMINISTRATOR, soAlreadySentence } from '#lib/administration/words.ts'
import { actionContext, text } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { ID } from '#lib/random.ts'
import type { FormState } from '#ui/form-state.ts'
import { earnAdministrator } from './earn.ts'

/** What has to be typed before everybody's sessions end. */
const EVERYBODY = 'everybody'

/** One act on one account. The fields say whose and which; what it is, only the list of acts does. */
export async function actOnUser(_: FormState, data: FormData): Promise<FormState> {
  const [user, act, session] = [text(data, 'user'), parseAct(text(data, 'act')), text(data, 'session')]
  const page = ID.test(user) ? `/admin/users/${user}` : '/admin/users'
  const values = { dialog: text(data, 'dialog'), reason: text(data, 'reason') }
  const earned = await earnAdministrator(data, { page, values, act: act ?? '' })
  if ('status' in earned) return earned
  const parsed = parseReason(values.reason)
  if ('problem' in parsed) return { status: 'invalid', fields: { reason: parsed.problem }, values }
  if (!act || !ID.test(user) || (session !== '' && !ID.test(session))) return GONE
  const because = { reason: parsed.reason, context: await actionContext() }
  return outcomeOf(await administer(earned, user, act, session || null, because), { act, page, values })
}

const GONE: FormState = { status: 'done', message: 'That is gone already. Nothing was done.' }

type Told = Pick<FormState, 'values'> & { readonly act: Parameters<typeof doneSentence>[0]; readonly page: string }

function outcomeOf(changed: Awaited<ReturnType<typeof administer>>, { act, page, values }: Told): FormState {
  switch (changed.outcome) {
    case 'changed':
      revalidatePath('/admin', 'layout')
      return { status: 'done', message: doneSentence(act, changed.ended) }
    case 'unchanged':
      revalidatePath('/admin', 'layout')
      return { status: 'done', message: soAlreadySentence(act) }
    case 'last-administrator':
      return { status: 'refused', message: LAST_ADMINISTRATOR, ...(values && { values }) }
    case 'not-found':
      revalidatePath('/admin', 'layout')
      return GONE
    default:
      return redirect(signInPath(page))
  }
}

/** Ends the sessions of everybody, this one too. */
export async function endAllSessions(_: FormState, data: FormData): Promise<FormState> {
  const page = '/admin/sessions'
  const values = { dialog: 'everybody', reason: text(data, 'reason'), confirmation: text(data, 'confirmation') }
  const earned = await earnAdministrator(data, { page, values, act: 'everybody' })
  if ('status' in earned) return earned
  const parsed = parseReason(values.reason)
  const confirmed = values.confirmation.trim().toLowerCase() === EVERYBODY
  if ('problem' in parsed || !confirmed) {
    const fields = {
      ...('problem' in parsed && { reason: parsed.problem }),
      ...(!confirmed && { confirmation: `Type “${EVERYBODY}”.` }),
    }
    return { status: 'invalid', fields, values }
  }
  const rest = await endEverybody(earned, { reason: parsed.reason, context: await actionContext() })
  if (rest === 'session-over') return redirect(signInPath(page))
  // A million rows take minutes: where any are left, their sessions are over by now, whoever asks.
  after(rest)
  return redirect(signInPath(page, 'revoked'))
}
