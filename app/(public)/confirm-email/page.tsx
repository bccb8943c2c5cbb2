import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { arrived } from '#lib/account/arrival.ts'
import { moveOf } from '#lib/account/change-email.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { pageSession } from '#lib/session/require.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'
import { PressForm } from '#ui/press-form.tsx'
import { VoidLink } from '#ui/void-link.tsx'
import { confirmEmailAction } from './actions.ts'

export const metadata: Metadata = { title: 'Confirm your new address' }

export default async function ConfirmEmailPage() {
  const all = await headers()
  const { done, link } = await arrived('confirm-email', all.get('cookie'))
  if (done) return <Done />
  const move = await moveOf(link)
  if (!move) {
    return (
      <VoidLink rules="Links that confirm an address work once, within 10 minutes, and only the newest one counts.">
        <ButtonLink href="/account/security" wide>
          Ask for a new link in your account
        </ButtonLink>
      </VoidLink>
    )
  }
  const current = await pageSession()
  if (current.state !== 'standing' || current.proof.userId !== move.userId) return <SignInFirst />
  return (
    <AuthLayout
      title="Confirm your new address"
      lead={
        <>
          From then on you sign in with <strong className="font-semibold wrap-anywhere text-ink">{move.to}</strong>, and
          notices go there. The address before is told, and can undo it for a week.
        </>
      }
    >
      <PressForm action={confirmEmailAction} formToken={formToken(requestContext(all))} label="Confirm this address" />
    </AuthLayout>
  )
}

/** Nothing of the account: this may be the browser of somebody whose address was mistyped. */
function SignInFirst() {
  return (
    <AuthLayout
      title="Sign in first"
      lead="An address is confirmed where you are signed in to the account that is to have it. Nothing has changed yet, and the link still works."
    >
      <ButtonLink href="/sign-in?returnTo=%2Fconfirm-email" wide>
        Sign in
      </ButtonLink>
    </AuthLayout>
  )
}

function Done() {
  return (
    <AuthLayout title="Your address is changed">
      <div className="space-y-6">
        <Notice tone="success">You sign in with the new address from now on.</Notice>
        <p className="text-sm text-muted">The address before has been told. It can undo the change for a week.</p>
        <ButtonLink href="/account" wide>
          To your account
        </ButtonLink>
      </div>
    </AuthLayout>
  )
}
