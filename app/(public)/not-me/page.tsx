import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { arrived } from '#lib/account/arrival.ts'
import { reportable } from '#lib/account/not-me.ts'
import { EVENT_LABELS } from '#lib/audit/sentences.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { PressForm } from '#ui/press-form.tsx'
import { Secured } from '#ui/secured.tsx'
import { VoidLink } from '#ui/void-link.tsx'
import { reportAction } from './actions.ts'

export const metadata: Metadata = { title: 'This wasn’t me' }

/** What the notice was about in general words: neither whose account it is, nor from where, nor when. */
export default async function NotMePage() {
  const all = await headers()
  const { done, link } = await arrived('not-me', all.get('cookie'))
  if (done) {
    return (
      <Secured title="The account is secured">
        Everybody who was signed in when this was reported has been signed out, and the password of then no longer opens
        the account. If the notice told of an added authenticator, that one is gone, and so is whatever else was added
        since in the last three days. What was added longer ago is still there: if you had a notice of it as well, use
        that one too. A mail with a link for a new password went to the account’s address.
      </Secured>
    )
  }
  const notice = await reportable(link)
  if (!notice) return <VoidLink rules="The links in notices work for 28 days." />
  return (
    <AuthLayout
      title="This wasn’t me"
      lead={
        <>
          You had a notice about this:{' '}
          <strong className="font-semibold text-ink">{EVENT_LABELS[notice.event.kind]}</strong>.
        </>
      }
    >
      <div className="space-y-5">
        <p className="text-sm">
          If it was you after all, close this page. If not, press the button: everybody is signed out, no password opens
          the account any longer, {notice.event.detail.added && 'what the notice tells of is removed, '}
          authenticators that were added since in the last three days are removed, and a link for a new password goes to
          its address.
        </p>
        <PressForm
          action={reportAction}
          formToken={formToken(requestContext(all))}
          label="This wasn’t me: secure the account"
          variant="danger"
        />
      </div>
    </AuthLayout>
  )
}
