import type { Metadata } from 'next'
import type { Factors } from '#db/contract.ts'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { Endings, EndingsOutcome } from '#ui/endings.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { removeAuthenticator } from './actions.ts'
import { AuthenticatorApp } from './app.tsx'
import { DeleteAccount } from './delete.tsx'
import { Email } from './email/section.tsx'
import { Passkeys } from './passkeys.tsx'
import { Password } from './password.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import type { SecurityView } from './view.ts'

export const metadata: Metadata = { title: 'Security' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function SecurityPage({ searchParams }: Props) {
  const proof = await requireSession()
  const query = await searchParams
  const user = await store().users.find(proof.userId)
  const factors = await store().users.factors(proof.userId)
  if (!user || !factors) return null
  const view: SecurityView = {
    user,
    factors,
    now: proof.now,
    formToken: formToken(proof),
    asked: await askedFor('full', proof),
    opened: typeof query.remove === 'string' ? query.remove : null,
  }
  return (
    <Page title="Security" lead="What opens your account, and what becomes of it.">
      <Endings action={removeAuthenticator}>
        <EndingsOutcome />
        {query.from === 'unrecognised' && <Unrecognised />}
        {query.added === 'app' && (
          <Notice tone="success">
            Your authenticator app is added. From now on a sign-in asks for its code after the password.
          </Notice>
        )}
        <NoWayBack factors={factors} />
        <Password view={view} />
        <Email view={view} />
        <AuthenticatorApp view={view} />
        <Passkeys view={view} />
        <RecoveryCodes view={view} />
      </Endings>
      <DeleteAccount view={view} />
    </Page>
  )
}

/** An authenticator that is lost must not take the account with it. */
function NoWayBack({ factors: { totp, passkeys, recoveryCodes } }: { readonly factors: Factors }) {
  if ((!totp && passkeys.length === 0) || recoveryCodes > 0) return null
  return (
    <Notice tone="warning" title="You have no recovery codes">
      If you lose your authenticator, nothing else opens your account. <a href="#recovery-codes">Get ten codes</a> and
      keep them somewhere safe.
    </Notice>
  )
}

function Unrecognised() {
  return (
    <Notice tone="warning" title="The other sessions are signed out. Now change your password">
      Whoever it was may know the present one. Look below, too, for authenticators that you do not recognise.
    </Notice>
  )
}
