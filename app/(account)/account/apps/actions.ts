'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import type { RecentProof } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { actionContext, text } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { tellRelyingParties } from '#lib/openid-provider/logout-sender.ts'
import { store } from '#lib/store.ts'
import type { FormState } from '#ui/form-state.ts'
import { earn } from '../../earn.ts'

const PAGE = '/account/apps'

/** Takes back what was granted: the application, its tokens and its codes are out at once, and it is told. */
export async function disconnectApp(_: FormState, data: FormData): Promise<FormState> {
  const target = text(data, 'target')
  const earned = await earn('recent', data, { page: PAGE, values: { target }, act: 'app-disconnected' })
  if ('status' in earned) return earned
  const message = await disconnect(earned, target)
  revalidatePath(PAGE)
  return { status: 'done', message, values: { target } }
}

async function disconnect(proof: RecentProof, id: string): Promise<string> {
  const app = (await store().grants.list(proof.userId)).find((grant) => grant.id === id)
  if (!app) return 'That application was disconnected already.'
  const event = eventFrom('app-disconnected', proof, await actionContext(), { app: app.clientName })
  const ended = await store().grants.end(proof, id, event)
  if (ended === 'session-over') redirect(signInPath(PAGE))
  tellRelyingParties()
  return ended === 'ended' ? `${app.clientName} is disconnected.` : `${app.clientName} was disconnected already.`
}
