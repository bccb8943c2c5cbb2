import 'server-only'
import type { Account, AccountClaims, KoaContextWithOIDC, UnknownObject } from 'oidc-provider'
import { store } from '#lib/store.ts'

/** Who an ID token or an answer of userinfo is about. Nobody, once the account is disabled or gone. */
export async function findAccount(_: KoaContextWithOIDC, userId: string): Promise<Account | undefined> {
  const user = await store().users.find(userId)
  if (!user || user.disabledAt || user.deletedAt) return undefined
  const claims: AccountClaims = { sub: user.id, name: user.name, email: user.email }
  return { accountId: user.id, claims: async () => claims }
}

/** What the library keeps of an authentication, from a code on through every refresh. */
interface Source {
  readonly authTime?: number
  readonly acr?: string
}

/**
 * What a signed access token says beyond the standard: when and how the person had shown who they are, which no refresh
 * moves; its grant; and its session, as long as that is there. RFC 9068 §2.2.1
 */
export async function accessTokenClaims(
  ctx: KoaContextWithOIDC,
  token: { readonly grantId?: string | undefined; readonly aud?: unknown },
): Promise<UnknownObject | undefined> {
  const check = token.aud && token.grantId ? await store().grants.check(token.grantId) : undefined
  if (!check) return undefined
  const { entities } = ctx.oidc
  const source = (entities.RefreshToken ?? entities.AuthorizationCode ?? entities.DeviceCode) as Source | undefined
  const { id, sessionId } = check.grant
  return { auth_time: source?.authTime, acr: source?.acr, gid: id, ...(sessionId !== null && { sid: sessionId }) }
}
