'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { parseReason } from '#lib/administration/reason.ts'
import { settings } from '#lib/config.ts'
import { checked, text } from '#lib/http/form.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { holdsPrivateKey } from '#lib/openid-provider/client-keys.ts'
import { tellRelyingParties } from '#lib/openid-provider/logout-sender.ts'
import { register } from '#lib/openid-provider/register.ts'
import { parseRegistration } from '#lib/openid-provider/registration.ts'
import { store } from '#lib/store.ts'
import type { FormState } from '#ui/form-state.ts'
import { earnAdministrator } from '../earn.ts'

const PAGE = '/admin/clients'

/** Lets an application ask people for access. Its secret is in this answer and nowhere else. */
export async function addClient(_: FormState, data: FormData): Promise<FormState> {
  const values = typedIn(data)
  const earned = await earnAdministrator(data, { page: PAGE, values, act: 'client-added' })
  if ('status' in earned) return earned
  const wanted = {
    name: values.name,
    redirectUris: lines(values.redirectUris),
    postLogoutRedirectUris: lines(values.postLogoutRedirectUris),
    backchannelLogoutUri: values.backchannelLogoutUri.trim(),
    scope: values.scope,
    device: checked(data, 'device'),
    confidential: checked(data, 'confidential'),
    publicKeys: text(data, 'publicKeys'),
  }
  const parsed = parseRegistration(wanted, settings().policy.level)
  if ('problems' in parsed) return { status: 'invalid', fields: parsed.problems, values }
  const registered = await register(store(), earned, parsed.registration, wanted)
  if (registered === 'session-over') return redirect(signInPath(PAGE))
  revalidatePath(PAGE)
  const { id, secret } = registered
  const keys = parsed.registration.publicKeys.length
  return {
    status: 'done',
    message: `${parsed.registration.name} may ask people for access now.`,
    values: { id, ...(secret !== null && { secret }), ...(keys > 0 && { keys: String(keys) }) },
  }
}

/** Disconnects an application from everybody who has linked it, for good. */
export async function removeClient(_: FormState, data: FormData): Promise<FormState> {
  const values = { dialog: text(data, 'dialog'), reason: text(data, 'reason') }
  const earned = await earnAdministrator(data, { page: PAGE, values, act: 'client-removed' })
  if ('status' in earned) return earned
  const parsed = parseReason(values.reason)
  if ('problem' in parsed) {
    const problem = values.reason.trim() === '' ? 'Say why. It is kept with what you did.' : parsed.problem
    return { status: 'invalid', fields: { reason: problem }, values }
  }
  const removed = await store().clients.remove(earned, text(data, 'client'), parsed.reason)
  if (removed === 'session-over') return redirect(signInPath(PAGE))
  tellRelyingParties()
  revalidatePath(PAGE)
  if (removed === 'not-found') return { status: 'done', message: 'That is gone already. Nothing was done.' }
  return { status: 'done', message: 'The application is removed, and disconnected from everybody who had linked it.' }
}

/** What was typed, to be given back with a refusal; but a private key stays where it came from. */
function typedIn(data: FormData) {
  const publicKeys = text(data, 'publicKeys')
  return {
    name: text(data, 'name'),
    redirectUris: text(data, 'redirectUris'),
    postLogoutRedirectUris: text(data, 'postLogoutRedirectUris'),
    backchannelLogoutUri: text(data, 'backchannelLogoutUri'),
    scope: text(data, 'scope'),
    confidential: text(data, 'confidential'),
    publicKeys: holdsPrivateKey(publicKeys) ? '' : publicKeys,
    device: text(data, 'device'),
  }
}

/** One address a line. */
function lines(typed: string): string[] {
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
