import type { Metadata } from 'next'
import { formToken } from '#lib/http/form-token.ts'
import { pageSession } from '#lib/session/require.ts'
import { ButtonLink } from '#ui/button.tsx'
import { PublicHeader } from '#ui/header.tsx'
import { MessagePage } from '#ui/message-page.tsx'
import { SignOutForm } from '#ui/sign-out-form.tsx'

export const metadata: Metadata = { title: 'Page not found' }

/**
 * For paths that lead nowhere. Whoever is signed in can sign out here as well (v5.0.0-7.4.4); nothing else on it is
 * private, for Next sends it along with every other page.
 */
export default async function NotFound() {
  const current = await pageSession()
  return (
    <>
      <PublicHeader>
        {current.state === 'standing' && <SignOutForm formToken={formToken(current.proof)} />}
      </PublicHeader>
      <MessagePage title="There is no such page">
        <p>The address may be mistyped, or what was here is gone.</p>
        <ButtonLink href="/" variant="secondary">
          Go to the start
        </ButtonLink>
      </MessagePage>
    </>
  )
}
