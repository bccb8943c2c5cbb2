import type { Metadata } from 'next'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { toEnrol } from '#lib/session/current.ts'
import { requireEnrolment } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { Disclosure } from '#ui/disclosure.tsx'
import { Notice } from '#ui/notice.tsx'
import { PasskeySignIn } from '#ui/passkey/passkey-sign-in.tsx'
import { AddPasskeyForm } from '#ui/security/add-passkey-form.tsx'
import { addFirstPasskey, beginFirstPasskey } from './actions.ts'

export const metadata: Metadata = { title: 'Make a passkey' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** Level 3 takes a passkey. Whoever has none yet, or has lost theirs, makes one here, and then signs in with it. */
export default async function EnrolPage({ searchParams }: Props) {
  const proof = await requireEnrolment()
  const { returnTo } = await searchParams
  const back = returnPath(typeof returnTo === 'string' ? returnTo : null)
  const factors = await store().users.factors(proof.session.userId)
  const asked = await askedFor('full', toEnrol(proof).proof)
  const adding = (
    <AddPasskeyForm
      action={beginFirstPasskey}
      add={addFirstPasskey}
      formToken={formToken(proof)}
      // A passkey that could confirm anything signs in at once, above.
      asked={{ ...asked, passkey: false }}
      endsOthers={false}
    />
  )
  const has = factors !== undefined && factors.passkeys.length > 0
  return (
    <AuthLayout
      title={has ? 'Now use your passkey' : 'Make a passkey'}
      lead={has ? 'It opens your account here from now on.' : NEEDED}
    >
      <noscript>
        <Notice role="none">Passkeys need JavaScript, which is off in this browser.</Notice>
      </noscript>
      {has ? (
        <div className="space-y-6">
          <PasskeySignIn purpose="sign-in" label="Continue with your passkey" returnTo={back} />
          {!asked.fields.includes('passkey') && <Disclosure label="Make another one">{adding}</Disclosure>}
        </div>
      ) : (
        adding
      )}
    </AuthLayout>
  )
}

const NEEDED =
  'This app opens accounts with passkeys only: your device confirms who you are, and no look-alike page gets anything from it. Make one to go on; nothing else opens before.'
