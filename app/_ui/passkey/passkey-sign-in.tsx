'use client'
import { PasskeyButton } from './passkey-button.tsx'

interface PasskeySignInProps {
  readonly purpose: 'sign-in' | 'factor'
  readonly attempt?: string
  readonly insisting?: boolean
  readonly autofill?: boolean
  readonly label: string
  /** A path of ours: where to go when it was right. */
  readonly returnTo: string
}

/** On a page of its own: whoever is signed in goes on to where they wanted to go. */
export function PasskeySignIn({ returnTo, ...asked }: PasskeySignInProps) {
  return <PasskeyButton {...asked} onSignedIn={() => location.assign(returnTo)} />
}
