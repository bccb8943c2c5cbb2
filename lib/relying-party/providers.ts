import 'server-only'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { settings } from '#lib/config.ts'

/** The providers of this deployment. None is asked for anything here. */
export function providers(): readonly IdentityProvider[] {
  return settings().identityProviders
}

export function providerById(id: string): IdentityProvider | undefined {
  return providers().find((provider) => provider.id === id)
}

export function providerByIssuer(issuer: string): IdentityProvider | undefined {
  return providers().find((provider) => provider.issuer === issuer)
}

/** Where a provider sends people back to. One address for each, so that no answer is taken for another one's. */
export function redirectUri({ id }: IdentityProvider): string {
  return `${settings().origin}/api/federation/${id}/callback`
}

/** Where a provider sends people after they have signed out there. */
export function postLogoutRedirectUri(): string {
  return `${settings().origin}/sign-in?reason=signed-out`
}
