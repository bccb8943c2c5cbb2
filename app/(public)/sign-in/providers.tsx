import { providers } from '#lib/relying-party/providers.ts'
import { ProviderForm } from '#ui/provider-form.tsx'

interface ProvidersProps {
  readonly formToken: string
  readonly back: string
}

/** One button for each provider. */
export function Providers({ formToken, back }: ProvidersProps) {
  return providers().map(({ id, name }) => (
    <ProviderForm key={id} path={`/api/federation/${id}/start`} formToken={formToken} hidden={{ returnTo: back }}>
      {`Sign in with ${name}`}
    </ProviderForm>
  ))
}
