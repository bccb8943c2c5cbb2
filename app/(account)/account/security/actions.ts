'use server'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { addApp, appUnderWay, beginApp } from '#lib/account/authenticator-app.ts'
import { changeAccount } from '#lib/account/change.ts'
import { changePassword as setPassword } from '#lib/account/change-password.ts'
import { normaliseEmail } from '#lib/account/email.ts'
import { beginPasskey, addPasskey as keepPasskey, removePasskey } from '#lib/account/passkeys.ts'
import { parsePasskeyName } from '#lib/authentication/passkey-name.ts'
import { newRecoveryCodes } from '#lib/authentication/recovery-codes.ts'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { clearing, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { actionContext, checked, setCookies, text } from '#lib/http/form.ts'
import { plainJson } from '#lib/http/plain-json.ts'
import { signInPath } from '#lib/http/return-path.ts'
import { store } from '#lib/store.ts'
import type { FormState } from '#ui/form-state.ts'
import { earn, earnByPassword } from '../../earn.ts'
import { outcomeOf, PAGE } from './outcome.ts'

/** Changes the password: the present one is asked for, and every other factor that the account has. */
export async function changePassword(_: FormState, data: FormData): Promise<FormState> {
  const proof = await earnByPassword(data, { page: PAGE, values: choice(data), act: 'password-changed' })
  if ('status' in proof) return proof
  const changed = await setPassword(proof, text(data, 'newPassword'), checked(data, 'endOthers'), await actionContext())
  switch (changed.outcome) {
    case 'weak':
      return { status: 'invalid', fields: { newPassword: changed.message }, values: choice(data) }
    case 'busy':
      return { status: 'refused', message: throttledSentence(changed.retryAfter), values: choice(data) }
    default:
      return outcomeOf(changed, 'Your password is changed.', choice(data))
  }
}

/** First half: a secret is made, and the next page shows it. */
export async function beginAuthenticatorApp(_: FormState, data: FormData): Promise<FormState> {
  const proof = await earn('full', data, { page: PAGE, values: {}, act: 'totp-added' })
  if ('status' in proof) return proof
  const begun = await beginApp(proof, await actionContext())
  if (begun === 'session-over') redirect(signInPath(PAGE))
  await setCookies([begun.cookie])
  redirect(`${PAGE}/authenticator-app?id=${begun.id}`)
}

/** Second half: the app has answered with a code. */
export async function confirmAuthenticatorApp(_: FormState, data: FormData): Promise<FormState> {
  const values = { ...choice(data), appCode: text(data, 'appCode') }
  const id = text(data, 'app')
  const proof = await earn('full', data, { page: `${PAGE}/authenticator-app?id=${id}`, values, act: 'continued' })
  if ('status' in proof) return proof
  const context = await actionContext()
  const app = await appUnderWay(proof, context.cookieHeader, id)
  if (!app) return { status: 'refused', message: TOO_LATE }
  const added = await addApp(proof, app, values.appCode, checked(data, 'endOthers'), context)
  if (added.outcome === 'wrong-code') {
    return {
      status: 'invalid',
      fields: { appCode: 'That is not what the app shows for this key. Try its next code.' },
      values,
    }
  }
  const state = await outcomeOf(added, '', values)
  if (state.status === 'done') redirect(`${PAGE}?added=app`)
  return state
}

const TOO_LATE = 'This took too long, or your account has changed meanwhile. Begin again on the Security page.'

/** First half: what the browser has to make. */
export async function beginAddPasskey(_: FormState, data: FormData): Promise<FormState> {
  const proof = await earn('full', data, { page: PAGE, values: choice(data), act: 'passkey-added' })
  if ('status' in proof) return proof
  const begun = await beginPasskey(proof, await actionContext())
  if (!begun) return { status: 'refused', message: TOO_LATE }
  await setCookies([begun.cookie])
  return { status: 'done', values: { ...choice(data), options: begun.options } }
}

/** Second half: what the browser has made. */
export async function addPasskey(_: FormState, data: FormData): Promise<FormState> {
  const proof = await earn('full', data, { page: PAGE, values: choice(data), act: 'continued' })
  if ('status' in proof) return proof
  const added = await keepPasskey(
    proof,
    plainJson(text(data, 'made')),
    checked(data, 'endOthers'),
    await actionContext(),
  )
  if (added === 'known') return { status: 'refused', message: 'That passkey belongs to an account already.' }
  if (added === 'refused') {
    return { status: 'refused', message: 'That passkey could not be checked, so it was not added. Try again.' }
  }
  return outcomeOf(added.changed, `Added: “${added.name}”.`, {})
}

export async function renamePasskey(_: FormState, data: FormData): Promise<FormState> {
  const [id, name] = [text(data, 'target'), text(data, 'name')]
  const proof = await earn('full', data, { page: PAGE, values: { name }, act: 'passkey-renamed' })
  if ('status' in proof) return proof
  const parsed = parsePasskeyName(name)
  if ('problem' in parsed) return { status: 'invalid', fields: { name: parsed.problem }, values: { name } }
  const change = { kind: 'passkey-renamed', id, name: parsed.name } as const
  const renamed = await changeAccount(proof, change, await actionContext(), { name: parsed.name })
  revalidatePath(PAGE)
  if (renamed.outcome !== 'changed') return outcomeOf(renamed, '', { name })
  return { status: 'done', message: `Renamed to “${parsed.name}”.`, values: { name: parsed.name } }
}

/** `target` is `app`, or a passkey's id. */
export async function removeAuthenticator(_: FormState, data: FormData): Promise<FormState> {
  const target = text(data, 'target')
  const values = { ...choice(data), target }
  const proof = await earn('full', data, { page: PAGE, values, act: 'authenticator-removed' })
  if ('status' in proof) return proof
  const [context, endOthers] = [await actionContext(), checked(data, 'endOthers')]
  const removed =
    target === 'app'
      ? await changeAccount(proof, { kind: 'totp-removed', endOthers }, context)
      : await removePasskey(proof, target, endOthers, context)
  if (removed.outcome === 'only-way-in') return { status: 'refused', message: ONLY_WAY_IN, values }
  return outcomeOf(removed, target === 'app' ? 'The authenticator app is removed.' : 'The passkey is removed.', values)
}

const ONLY_WAY_IN = 'This is your last passkey, and here nothing else opens an account. Add another one first.'

/** Ten new ones; those from before are worthless. They go to the page in this one answer and nowhere else. */
export async function replaceRecoveryCodes(_: FormState, data: FormData): Promise<FormState> {
  const proof = await earn('full', data, { page: PAGE, values: choice(data), act: 'recovery-codes-replaced' })
  if ('status' in proof) return proof
  const { codes, digests } = newRecoveryCodes()
  const change = { kind: 'recovery-codes-replaced', digests, endOthers: checked(data, 'endOthers') } as const
  const replaced = await changeAccount(proof, change, await actionContext())
  return outcomeOf(replaced, 'You have ten new recovery codes.', { codes: codes.join('\n') })
}

/** The account goes, and everything that opens it. */
export async function deleteAccount(_: FormState, data: FormData): Promise<FormState> {
  const values = { confirmation: text(data, 'confirmation') }
  const proof = await earn('full', data, { page: PAGE, values, act: 'account-deleted' })
  if ('status' in proof) return proof
  const user = await store().users.find(proof.userId)
  if (normaliseEmail(values.confirmation) !== user?.email) {
    return { status: 'invalid', fields: { confirmation: 'That is not the email address of this account.' }, values }
  }
  const deleted = await changeAccount(proof, { kind: 'account-deleted' }, await actionContext())
  if (deleted.outcome !== 'changed') return outcomeOf(deleted, '', values)
  await setCookies([clearing(SESSION_COOKIE)])
  redirect('/deleted')
}

function choice(data: FormData): Record<string, string> {
  return { endOthers: checked(data, 'endOthers') ? 'on' : 'off' }
}
