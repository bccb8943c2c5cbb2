'use server'
import { redirect } from 'next/navigation'
import { changeAccount } from '#lib/account/change.ts'
import { actionContext, checked, setCookies, text } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { problemSentence } from '#lib/relying-party/problems.ts'
import { providerById, providerByIssuer } from '#lib/relying-party/providers.ts'
import { startTrip } from '#lib/relying-party/start.ts'
import { store } from '#lib/store.ts'
import type { FormState } from '#ui/form-state.ts'
import { earn } from '../../../earn.ts'

const PAGE = '/account/apps'

/** Off to a provider, whose account will open this one: everything that opens it is shown first. */
export async function linkProvider(_: FormState, data: FormData): Promise<FormState> {
  const [id, endOthers] = [text(data, 'target'), checked(data, 'endOthers')]
  const values = { endOthers: endOthers ? 'on' : 'off' }
  const proof = await earn('full', data, { page: PAGE, values, act: 'identity-linked' })
  if ('status' in proof) return proof
  const provider = providerById(id)
  const user = await store().users.find(proof.userId)
  if (!provider || !user) return { status: 'refused', message: 'That provider is not offered here any more.', values }
  const { userId, sessionId } = proof
  const going = {
    purpose: 'link',
    returnTo: `${PAGE}?linked=${id}`,
    whose: { userId, sessionId, securityVersion: user.securityVersion },
    endOthers,
  } as const
  const started = await startTrip(provider, going, await actionContext())
  if (started.outcome !== 'begun') {
    return { status: 'refused', message: problemSentence(started.outcome, provider.name) ?? '', values }
  }
  await setCookies([started.cookie])
  redirect(`/api/federation/${id}/continue?id=${started.trip.id}`)
}

/** From here on that account opens this one no more. The last way in stays. */
export async function unlinkProvider(_: FormState, data: FormData): Promise<FormState> {
  const [id, endOthers] = [text(data, 'target'), checked(data, 'endOthers')]
  const values = { endOthers: endOthers ? 'on' : 'off' }
  const proof = await earn('full', data, { page: PAGE, values, act: 'identity-unlinked' })
  if ('status' in proof) return proof
  const identity = (await store().identities.list(proof.userId)).find((one) => one.id === id)
  const detail = { provider: nameOf(identity?.issuer ?? '') }
  const change = { kind: 'identity-unlinked', id, endOthers } as const
  const changed = await changeAccount(proof, change, await actionContext(), detail)
  switch (changed.outcome) {
    case 'changed':
      if (changed.cookie) await setCookies([changed.cookie])
      redirect(`${PAGE}?unlinked=1`)
      break
    case 'session-over':
      redirect(signInPath(PAGE))
      break
    case 'last-identity':
      return { status: 'refused', message: LAST, values }
    case 'not-found':
      return { status: 'refused', message: 'It is unlinked already.', values }
    default:
      return { status: 'refused', message: problemSentence('renewed', null) ?? '', values }
  }
}

const LAST =
  'Nothing else opens your account. Add a passkey under Security first, or have a link for a password mailed to you.'

/** A provider that is configured no more is named by its address. */
function nameOf(issuer: string): string {
  return providerByIssuer(issuer)?.name ?? URL.parse(issuer)?.host ?? 'a provider'
}
