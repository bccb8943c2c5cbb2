import type { Metadata } from 'next'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ReauthenticateForm } from '#ui/reauthenticate-form.tsx'
import { tripNotice } from '#ui/trip-notice.tsx'
import { reauthenticateAction } from './actions.ts'
import { ConfirmElsewhere } from './elsewhere.tsx'
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
  const query = await searchParams
  const { returnTo, for: purpose } = query
  const kind = parsePurpose(purpose)
  const back = returnPath(typeof returnTo === 'string' ? returnTo : null)
  const user = await store().users.find(proof.userId)
  const asked = await askedFor(kind, proof, { window: 0 })
  // Where nothing but another provider confirms it, its button below is all there is to press.
  const here = { ...asked, fields: asked.fields.filter((field) => field !== 'provider') }
  const token = formToken(proof)
  return (
    <AuthLayout title="Confirm it's you" lead={LEADS[kind]} notice={tripNotice(query)}>
      {(here.fields.length > 0 || here.passkey) && (
        <ReauthenticateForm
          action={reauthenticateAction}
          formToken={token}
          hidden={{ returnTo: back, ...(kind === 'full' && { for: 'session' }) }}
          asked={here}
          email={user?.email ?? ''}
        />
      )}
      <ConfirmElsewhere userId={proof.userId} formToken={token} back={back} />
    </AuthLayout>
  )
}
