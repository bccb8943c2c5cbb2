import type { ReactNode } from 'react'
import { formToken } from '#lib/http/form-token.ts'
import { requireEnrolment } from '#lib/session/require.ts'
import { PublicHeader } from '#ui/header.tsx'
import { SignOutForm } from '#ui/sign-out-form.tsx'

/** Around what a session below its level opens: no way to anywhere but out. It guards nothing; the page earns its proof. */
export default async function EnrolmentLayout({ children }: { readonly children: ReactNode }) {
  const { sessionId } = await requireEnrolment()
  return (
    <>
      <PublicHeader>
        <SignOutForm formToken={formToken({ sessionId })} />
      </PublicHeader>
      {children}
    </>
  )
}
