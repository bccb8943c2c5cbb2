'use client'
import { useEffect, useRef, useState } from 'react'
import { reasonSentence } from '#lib/session/reasons.ts'
import { AuthLayout } from '../auth-layout.tsx'
import { CodeForm } from '../code-form.tsx'
import { Notice } from '../notice.tsx'
import { PasskeyButton } from '../passkey/passkey-button.tsx'
import { SignInForm } from '../sign-in-form.tsx'
import type { LockPanelProps } from './ended-page.tsx'
import { headline } from './headline.ts'
import { found, type SessionBody } from './requests.ts'
import { type Heard, signInHere, verifyHere } from './sign-in-here.ts'

/** In the private page's place: why the session ended, when, and the way back to the same page. */
export function LockPanel({ lock, email, onSignedIn }: LockPanelProps) {
  const panel = useRef<HTMLDivElement>(null)
  const [next, setNext] = useState<readonly string[]>([])
  const [full, setFull] = useState(false)
  const heard = { onSignedIn, onNext: setNext, onFull: () => setFull(true) }
  // What had the focus is gone: it goes to what must be read first.
  useEffect(() => panel.current?.querySelector<HTMLElement>('[role="alert"]')?.focus(), [])
  return (
    <div ref={panel} className="contents">
      <AuthLayout
        title="Sign in to continue"
        lead="You come back to the same page. What you had typed into it is kept in this tab, passwords excepted."
        notice={
          <Notice role="alert" title={headline(lock)}>
            {lock.reason && lock.reason !== 'signed-out' && reasonSentence(lock.reason)}
          </Notice>
        }
        footer={<a href={location.pathname + location.search}>Use the sign-in page instead</a>}
      >
        {full ? (
          <NoRoom />
        ) : next.length > 0 ? (
          <SecondStep next={next} {...heard} />
        ) : (
          <FirstStep email={email} {...heard} />
        )}
      </AuthLayout>
    </div>
  )
}

function FirstStep({ email, ...heard }: Heard & { readonly email: string }) {
  return (
    <div className="space-y-4">
      <SignInForm action={signInHere(heard)} formToken="" mayRemember={false} email={email} />
      <Passkey purpose="sign-in" label="Sign in with a passkey" onSignedIn={heard.onSignedIn} />
    </div>
  )
}

function NoRoom() {
  return (
    <Notice role="alert" tone="warning" title="There is no room for another session">
      All was right, and your account has as many sessions as it may have.{' '}
      <a href="/sign-in/limit">Go on to what can be done about it</a>.
    </Notice>
  )
}

function SecondStep({ next, onSignedIn, onFull }: Heard & { readonly next: readonly string[] }) {
  const codes = next.filter((one) => one !== 'passkey')
  return (
    <div className="space-y-4">
      {codes.length > 0 && (
        <CodeForm action={verifyHere({ onSignedIn, onFull })} formToken="" recovery={!codes.includes('totp')} />
      )}
      {next.includes('passkey') && <Passkey purpose="factor" label="Use a passkey" onSignedIn={onSignedIn} />}
    </div>
  )
}

interface PasskeyProps extends Pick<Heard, 'onSignedIn'> {
  readonly purpose: 'sign-in' | 'factor'
  readonly label: string
}

function Passkey({ onSignedIn, ...asked }: PasskeyProps) {
  return (
    <PasskeyButton {...asked} onSignedIn={({ response, body }) => onSignedIn(found(response, body as SessionBody))} />
  )
}
