import type { Metadata } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { settings } from '#lib/config.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { signedOutHere } from '#lib/relying-party/sign-out.ts'
import type { Current } from '#lib/session/current.ts'
import { lockedSentence, parseShownReason, reasonSentence } from '#lib/session/reasons.ts'
import { pageSession, reasonOf } from '#lib/session/require.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { Notice } from '#ui/notice.tsx'
import { PasskeySignIn } from '#ui/passkey/passkey-sign-in.tsx'
import { SignInForm } from '#ui/sign-in-form.tsx'
import { StaysSignedIn } from '#ui/stays-signed-in.tsx'
import { tripNotice } from '#ui/trip-notice.tsx'
import { signInAction } from './actions.ts'
import { lockedHere } from './locked.ts'
import { AlreadySignedIn, WithCode } from './other-ways.tsx'
import { Providers } from './providers.tsx'

export const metadata: Metadata = { title: 'Sign in' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function SignInPage({ searchParams }: Props) {
  const query = await searchParams
  const back = returnPath(single(query.returnTo))
  const current = await pageSession()
  const locked = await lockedHere(current)
  const context = requestContext(await headers())
  const token = formToken(context)
  const here = query.reason === 'signed-out' ? await signedOutHere(context.cookieHeader) : null
  return (
    <AuthLayout
      title="Sign in"
      notice={
        here ? <StaysSignedIn here={here} formToken={token} /> : (tripNotice(query) ?? (await noticeOf(current, query)))
      }
      footer={
        <>
          <p>
            <a href="/forgot-password">Forgot your password?</a>
          </p>
          <p className="mt-1">
            New here? <a href={`/sign-up?${new URLSearchParams({ returnTo: back })}`}>Create an account</a>
          </p>
        </>
      }
    >
      {current.state === 'standing' && <AlreadySignedIn back={back} />}
      <SignInForm
        action={signInAction}
        formToken={token}
        hidden={{ returnTo: back }}
        mayRemember={settings().policy.remembered !== null}
        autoComplete="username webauthn"
        {...(locked && { email: locked.email })}
      />
      <div className="mt-4 space-y-4">
        <PasskeySignIn
          purpose="sign-in"
          label="Sign in with a passkey"
          returnTo={back}
          autofill={current.state !== 'standing'}
        />
        <Providers formToken={token} back={back} />
        {locked?.hasCodes && <WithCode back={back} />}
      </div>
    </AuthLayout>
  )
}

/** Why the visitor is here. What the address says of an end is told only where nothing better is known. */
async function noticeOf(current: Current, query: Awaited<Props['searchParams']>): Promise<ReactNode> {
  // Another tab may have kept the session alive.
  if (current.state === 'standing') return null
  if (current.because === 'locked') return <Notice>{lockedSentence(current.session, settings().policy)}</Notice>
  if (query.again !== undefined) return <Notice>That sign-in is over, or took too long. Please start again.</Notice>
  const reason = (await reasonOf(current)) ?? parseShownReason(single(query.reason))
  return reason && <Notice>{reasonSentence(reason)}</Notice>
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null
}
