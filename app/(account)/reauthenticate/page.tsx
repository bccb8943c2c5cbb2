import type { Metadata } from 'next'
import { formToken } from '#lib/http/form-token.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ReauthenticateForm } from '#ui/reauthenticate-form.tsx'
import { reauthenticateAction } from './actions.ts'

export const metadata: Metadata = { title: 'Confirm it’s you' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function ReauthenticatePage({ searchParams }: Props) {
  const proof = await requireSession()
  const { returnTo } = await searchParams
  const back = returnPath(typeof returnTo === 'string' ? returnTo : null)
  const user = await store().users.find(proof.userId)
  return (
    <AuthLayout title="Confirm it's you" lead="Some things need a fresh proof that it is you and not just your device.">
      <ReauthenticateForm
        action={reauthenticateAction}
        formToken={formToken(proof)}
        hidden={{ returnTo: back }}
        email={user?.email ?? ''}
      />
    </AuthLayout>
  )
}
