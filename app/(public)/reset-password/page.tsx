import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { arrived } from '#lib/account/arrival.ts'
import { linkOf } from '#lib/account/mailed-link.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'
import { ResetPasswordForm } from '#ui/reset-password-form.tsx'
import { VoidLink } from '#ui/void-link.tsx'
import { resetPasswordAction } from './actions.ts'

export const metadata: Metadata = { title: 'Choose a new password' }

/** Shows nothing of the account: whoever has the link may be a stranger. */
export default async function ResetPasswordPage() {
  const all = await headers()
  const { done, link } = await arrived('reset-password', all.get('cookie'))
  if (done) return <Done />
  if (!(await linkOf('reset', link))) {
    return (
      <VoidLink rules="Links for a new password work once, within 10 minutes, and only the newest one counts.">
        <ButtonLink href="/forgot-password" wide>
          Ask for a new link
        </ButtonLink>
      </VoidLink>
    )
  }
  return (
    <AuthLayout
      title="Choose a new password"
      lead="Everybody who is signed in to the account is then signed out. You sign in with the new password; where the account has a second step, it is asked for as before."
    >
      <ResetPasswordForm action={resetPasswordAction} formToken={formToken(requestContext(all))} />
    </AuthLayout>
  )
}

function Done() {
  return (
    <AuthLayout title="Your password is changed">
      <div className="space-y-6">
        <Notice tone="success">Everybody who was signed in to the account has been signed out, you too.</Notice>
        <p className="text-sm text-muted">
          Sign in with the new password. If you have lost your second step as well, choose <em>Use a recovery code</em>{' '}
          there.
        </p>
        <ButtonLink href="/sign-in" wide>
          Sign in
        </ButtonLink>
      </div>
    </AuthLayout>
  )
}
