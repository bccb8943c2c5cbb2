import 'server-only'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { settings } from '#lib/config.ts'
import { randomId } from '#lib/random.ts'
import { beginFlow } from './flow.ts'
import { visitOf } from './visit.ts'

/**
 * RP-initiated logout: the library looks at the request, and then our page asks the person. Nothing ends before they press
 * the button there, whatever hint came along: anybody can make a browser come here.
 * @see OpenID Connect RP-Initiated Logout 1.0 §2, §6; ASVS v5.0.0-3.5.3, policy §1 row 13
 */
export async function askToSignOut(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  const { oidc } = ctx
  const checked = oidc?.route === 'end_session' && ctx.status === 200
  if (!checked) return
  const id = randomId()
  const { client, params } = oidc
  const { cookies, toSet } = visitOf(ctx)
  const { post_logout_redirect_uri: uri, state } = params ?? {}
  const detail = {
    signOut: '',
    ...(client && { clientId: client.clientId }),
    ...(typeof uri === 'string' && { uri }),
    ...(typeof state === 'string' && { state }),
  }
  toSet.push(await beginFlow({ id, began: null, detail }, cookies))
  ctx.body = ''
  ctx.status = 303
  ctx.redirect(`${settings().origin}/end-session/${id}`)
}
