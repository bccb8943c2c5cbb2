/** Passkeys in the browser. Loaded when somebody asks for one, so that no page carries it. */
import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { actText } from '#lib/authentication/act-text.ts'

type Given = { readonly answer: string } | { readonly problem: string }

/** Asks for one of the account's passkeys, to confirm what is in the form. Answers what the form has to carry. */
export async function showPasskey(form: FormData): Promise<Given> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ purpose: 'reauthenticate', act: await digestOf(form) })
  const challenge = await fetch('/api/session/challenge', { method: 'POST', headers, body }).catch(() => null)
  if (!challenge) return { problem: 'Signet could not be reached. Check your connection, then try again.' }
  if (!challenge.ok) return { problem: 'No passkey can be asked for at the moment. Reload the page, then try again.' }
  return given(async () => startAuthentication({ optionsJSON: await challenge.json() }))
}

async function digestOf(form: FormData): Promise<string> {
  const text = new TextEncoder().encode(actText(String(form.get('act')), form))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  return btoa(String.fromCharCode(...digest))
    .replace(/=+$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

/** Has a passkey made. @param options as the server gave them */
export function makePasskey(options: string): Promise<Given> {
  return given(() => startRegistration({ optionsJSON: JSON.parse(options) }))
}

async function given(ask: () => Promise<unknown>): Promise<Given> {
  try {
    return { answer: JSON.stringify(await ask()) }
  } catch (error) {
    return { problem: WORDS[error instanceof Error ? error.name : ''] ?? CANCELLED }
  }
}

const CANCELLED = 'No passkey was used, so nothing has been done.'
const WORDS: Readonly<Record<string, string>> = {
  InvalidStateError: 'This device holds a passkey for your account already.',
  NotSupportedError: 'This browser or device can make no passkey of the kind that is needed.',
  SecurityError: 'Passkeys work under this app’s own address only.',
}
