import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { settings } from '#lib/config.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { parseShownReason, reasonSentence } from '#lib/session/reasons.ts'
import { pageSession } from '#lib/session/require.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'
import { SignInForm } from '#ui/sign-in-form.tsx'
import { signInAction } from './actions.ts'

export const metadata: Metadata = { title: 'Sign in' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function SignInPage({ searchParams }: Props) {
  const query = await searchParams
  const back = returnPath(single(query.returnTo))
  const current = await pageSession()
  // Another tab may have kept the session alive: then what the address says of its end is not true.
  const reason = current.state === 'standing' ? null : parseShownReason(single(query.reason))
  const context = requestContext(await headers())
  return (
    <AuthLayout
      title="Sign in"
      notice={reason && <Notice>{reasonSentence(reason)}</Notice>}
      footer={
        <p>
          New here? <a href={`/sign-up?${new URLSearchParams({ returnTo: back })}`}>Create an account</a>
        </p>
      }
    >
      {current.state === 'standing' && (
        <div className="mb-6 space-y-3">
          <Notice role="none">You are signed in in this browser. Signing in again ends that session.</Notice>
          <ButtonLink href={back} variant="secondary" wide>
            Continue without signing in again
          </ButtonLink>
        </div>
      )}
      <SignInForm
        action={signInAction}
        formToken={formToken(context)}
        hidden={{ returnTo: back }}
        mayRemember={settings().policy.remembered !== null}
      />
    </AuthLayout>
  )
}

function single(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null
}
