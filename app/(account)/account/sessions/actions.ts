'use server'
import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { RecentProof } from '#db/contract.ts'
import { checked, text } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { ID } from '#lib/random.ts'
import { endOtherSessions, endSession } from '#lib/session/ending.ts'
import { parseSessionName } from '#lib/session/name.ts'
import { store } from '#lib/store.ts'
import type { FormState } from '#ui/form-state.ts'
import { earn } from '../../earn.ts'

const PAGE = '/account/sessions'

/** Ends one session, or with `target=others` all but this one. What was asked happens once, with one press. */
export async function endSessions(_: FormState, data: FormData): Promise<FormState> {
  const target = text(data, 'target')
  const earned = await earn('recent', data, { page: PAGE, values: { target }, act: 'sessions-ended' })
  if ('status' in earned) return earned
  // Somebody unknown was signed in: whoever it was may know the password.
  const leadOn = target === 'others' && checked(data, 'unrecognised')
  const message = target === 'others' ? await endOthers(earned) : await endOne(earned, target, text(data, 'label'))
  if (leadOn) redirect('/account/security?from=unrecognised#password')
  revalidatePath(PAGE)
  return { status: 'done', message, values: { target } }
}

/** Gives a session the person's own name for it; an empty one takes the name away. */
export async function renameSession(_: FormState, data: FormData): Promise<FormState> {
  const id = text(data, 'target')
  const values = { target: id, name: text(data, 'name') }
  const parsed = parseSessionName(values.name)
  const earned = await earn('recent', data, { page: PAGE, values, act: 'session-renamed' })
  if ('status' in earned) return earned
  if ('problem' in parsed) return { status: 'invalid', fields: { name: parsed.problem }, values }
  const renamed = ID.test(id) ? await store().sessions.rename(earned, id, parsed.name) : 'not-found'
  if (renamed === 'session-over') redirect(signInPath(PAGE))
  revalidatePath(PAGE)
  if (renamed === 'not-found') return { status: 'done', message: 'That session is over already.', values }
  return { status: 'done', message: parsed.name ? `Renamed to “${parsed.name}”.` : 'The name was taken away.', values }
}

async function endOne(proof: RecentProof, id: string, label: string): Promise<string> {
  const ended = ID.test(id) ? await endSession(proof, id, await headers()) : 'not-found'
  if (ended === 'session-over') redirect(signInPath(PAGE))
  const which = label.slice(0, 120) || 'That session'
  return ended === 'ended' ? `${which} is signed out.` : `${which} was signed out already.`
}

async function endOthers(proof: RecentProof): Promise<string> {
  const ended = await endOtherSessions(proof, await headers())
  if (ended === 'session-over') redirect(signInPath(PAGE))
  if (ended.length === 0) return 'There was no other session to sign out.'
  return `${ended.length} ${ended.length === 1 ? 'session' : 'sessions'} signed out. You are still signed in here.`
}
