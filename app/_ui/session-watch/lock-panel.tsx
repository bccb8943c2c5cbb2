'use client'
import { useEffect, useRef } from 'react'
import { reasonSentence } from '#lib/session/reasons.ts'
import { AuthLayout } from '../auth-layout.tsx'
import { Notice } from '../notice.tsx'
import { SignInForm } from '../sign-in-form.tsx'
import type { LockPanelProps } from './ended-page.tsx'
import { headline } from './headline.ts'
import { signInHere } from './sign-in-here.ts'

/** In the private page's place: why the session ended, when, and the way back to the same page. */
export function LockPanel({ lock, email, onSignedIn }: LockPanelProps) {
  const panel = useRef<HTMLDivElement>(null)
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
        <SignInForm action={signInHere(onSignedIn)} formToken="" mayRemember={false} email={email} />
      </AuthLayout>
    </div>
  )
}
