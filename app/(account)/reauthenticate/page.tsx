import type { Metadata } from 'next'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ReauthenticateForm } from '#ui/reauthenticate-form.tsx'
import { reauthenticateAction } from './actions.ts'
import { parsePurpose } from './purpose.ts'

export const metadata: Metadata = { title: 'Confirm it’s you' }

const LEADS = {
  recent: 'Some things need a fresh proof that it is you and not just your device.',
  full: 'With all that a sign-in takes, your session starts its time anew, and you go on where you are.',
}

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function ReauthenticatePage({ searchParams }: Props) {
  const proof = await requireSession()
  const { returnTo, for: purpose } = await searchParams
  const kind = parsePurpose(purpose)
  const back = returnPath(typeof returnTo === 'string' ? returnTo : null)
  const user = await store().users.find(proof.userId)
  return (
    <AuthLayout title="Confirm it's you" lead={LEADS[kind]}>
      <ReauthenticateForm
        action={reauthenticateAction}
        formToken={formToken(proof)}
        hidden={{ returnTo: back, ...(kind === 'full' && { for: 'session' }) }}
        asked={await askedFor(kind, proof, { window: 0 })}
        email={user?.email ?? ''}
      />
    </AuthLayout>
  )
}
