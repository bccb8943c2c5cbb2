import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { arrived } from '#lib/account/arrival.ts'
import { undoable } from '#lib/account/undo-email.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { PressForm } from '#ui/press-form.tsx'
import { Secured } from '#ui/secured.tsx'
import { VoidLink } from '#ui/void-link.tsx'
import { undoEmailAction } from './actions.ts'

export const metadata: Metadata = { title: 'Set the address back' }

export default async function UndoEmailPage() {
  const all = await headers()
  const { done, link } = await arrived('undo-email', all.get('cookie'))
  if (done) {
    return (
      <Secured title="The address is set back">
        The account has the address again that it had before the change. Everybody who was signed in has been signed
        out, and the password of then no longer opens it. A mail with a link for a new one went to that address.
      </Secured>
    )
  }
  if (!(await undoable(link))) {
    return <VoidLink rules="A change of address can be undone once, within a week, with the link in its notice." />
  }
  return (
    <AuthLayout
      title="Set the address back"
      lead="The address of an account was changed, and this is to undo it. The account gets back the address that this link was mailed to, everybody is signed out, and a new password is chosen by mail."
    >
      <PressForm
        action={undoEmailAction}
        formToken={formToken(requestContext(all))}
        label="Set the address back"
        variant="danger"
      />
    </AuthLayout>
  )
}
