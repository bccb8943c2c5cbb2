import type { ReactNode } from 'react'
import { formToken } from '#lib/http/form-token.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { AccountHeader } from '#ui/header.tsx'

/** What stands around every page behind sign-in. It guards nothing: each page earns its own proof. */
export default async function AccountLayout({ children }: { readonly children: ReactNode }) {
  const { sessionId, userId } = await requireSession()
  const user = await store().users.find(userId)
  return (
    <>
      <AccountHeader name={user?.name ?? ''} formToken={formToken({ sessionId })} />
      {children}
    </>
  )
}
