import type { SignedOutHere } from '#lib/relying-party/sign-out.ts'
import { Notice } from './notice.tsx'
import { ProviderForm } from './provider-form.tsx'

interface StaysSignedInProps {
  readonly here: SignedOutHere
  readonly formToken: string
}

/** Signing out here is half of it. @see ASVS v5.0.0-7.6.2: nobody is let back in without having been asked */
export function StaysSignedIn({ here: { provider }, formToken }: StaysSignedInProps) {
  return (
    <Notice tone="warning" title={`You are signed out of Signet, and may still be signed in at ${provider.name}`}>
      <p className="mb-3">Whoever uses this browser after you can go on there. Signet will ask who it is.</p>
      <ProviderForm path={`/api/federation/${provider.id}/sign-out`} formToken={formToken}>
        {`Sign out at ${provider.name} as well`}
      </ProviderForm>
    </Notice>
  )
}
