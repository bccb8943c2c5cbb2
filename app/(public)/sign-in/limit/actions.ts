'use server'
import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { insistWithPassword, makeRoom, type Roomed, waiting } from '#lib/authentication/room.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { beganCookies } from '#lib/http/began.ts'
import { actionContext, isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import type { FormState } from '#ui/form-state.ts'

/** No proof is asked for: what was shown stands in the half, which the browser's own secret opens. */
export async function makeRoomAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm() }
  // Each box has a name of its own: a form that repeats a name is refused.
  const ids = [...data.keys()].filter((name) => name.startsWith('end-')).map((name) => name.slice(4))
  const attempt = text(data, 'attempt')
  if (ids.length === 0 && (await mustChoose(context, attempt))) {
    // The page may be of a moment when there was room, with nothing to choose from.
    refresh()
    return { status: 'refused', message: 'Choose which session is to end.' }
  }
  return answer(await makeRoom(context, ids, attempt), context)
}

async function mustChoose(context: RequestContext, attempt: string): Promise<boolean> {
  const now = await waiting(context, attempt)
  return now?.action === 'ask' && now.excess > 0
}

export async function insistAction(_: FormState, data: FormData): Promise<FormState> {
  const context = await actionContext()
  if (!isOwnForm(data, context)) return { status: 'refused', message: await staleForm() }
  const password = text(data, 'password')
  if (password === '') return { status: 'invalid', fields: { password: 'Enter your password.' } }
  return answer(await insistWithPassword(context, password, text(data, 'attempt')), context)
}

async function answer(result: Roomed, context: RequestContext): Promise<FormState> {
  switch (result.outcome) {
    case 'wrong-factor':
      return { status: 'invalid', fields: { password: 'That password is wrong.' } }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(result.retryAfter) }
    case 'limit-reached':
      await setCookies(beganCookies(result.cookie, context))
      redirect('/sign-in/limit?more')
      break
    case 'signed-in':
      await setCookies(beganCookies(result.cookie, context))
      redirect(result.returnTo)
      break
    default:
      redirect('/sign-in?again')
  }
}
