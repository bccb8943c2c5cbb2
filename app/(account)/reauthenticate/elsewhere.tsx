import { settings } from '#lib/config.ts'
import { providerByIssuer } from '#lib/relying-party/providers.ts'
import { store } from '#lib/store.ts'
import { ProviderForm } from '#ui/provider-form.tsx'

interface ConfirmElsewhereProps {
  readonly userId: string
  readonly formToken: string
  readonly back: string
}

/** The providers that open this account ask who it is. Not at level 3, where nothing but a passkey confirms anything. */
export async function ConfirmElsewhere({ userId, formToken, back }: ConfirmElsewhereProps) {
  if (settings().level === 3) return null
  const issuers = new Set((await store().identities.list(userId)).map(({ issuer }) => issuer))
  const linked = [...issuers].flatMap((issuer) => providerByIssuer(issuer) ?? [])
  return linked.map(({ id, name }) => (
    <div key={id} className="mt-4">
      <ProviderForm
        path={`/api/federation/${id}/start`}
        formToken={formToken}
        hidden={{ for: 'reauthenticate', returnTo: back }}
      >
        {`Confirm with ${name}`}
      </ProviderForm>
    </div>
  ))
}
