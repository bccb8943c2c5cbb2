import 'server-only'
import { errors, type Grant, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { SessionProof } from '#db/contract.ts'
import { store } from '#lib/store.ts'
import { grantable } from './grantable.ts'
import { isNative } from './registration.ts'
import { askedBy, authenticationFor, hintedBy, reachable } from './request.ts'
import { reusableGrant } from './reuse.ts'
import { shownIn } from './shown.ts'
import { visitOf } from './visit.ts'

/**
 * When a person is needed before an application gets anything: to show who they are, and to let it. Decided by our rows
 * alone, at the request itself and again when it is taken up; nothing that a page has said in between is believed.
 * @see OpenID Connect Core §3.1.2.3; ASVS v5.0.0-7.6.1, 7.6.2, 10.7.1
 */
export function policy(): interactionPolicy.Prompt[] {
  const prompts = interactionPolicy.base()
  const login = new interactionPolicy.Prompt(
    { name: 'login', requestable: true },
    new interactionPolicy.Check('authentication', 'End-User authentication is required', 'login_required', isDue),
  )
  // The library would have it resolved by what a page says; ours is resolved by the row of the session.
  login.checks.remove('login_prompt')
  const consent = prompts.get('consent') as interactionPolicy.Prompt
  for (const unused of ['op_claims_missing', 'rar_prompt', 'native_client_prompt']) consent.checks.remove(unused)
  // The library knows only clients of one kind or the other, and takes ports of the machine for the web's.
  consent.checks.add(
    new interactionPolicy.Check('native_prompt', 'native clients ask each time', 'interaction_required', isUnasked),
  )
  return [login, consent]
}

/** Nobody has just been asked, for an app that anybody on a device could pass themselves off as. */
function isUnasked({ oidc: { client, result } }: KoaContextWithOIDC): boolean {
  return !result?.consent && isNative(client?.clientAuthMethod === 'none', client?.redirectUris ?? [])
}

async function isDue(ctx: KoaContextWithOIDC): Promise<boolean> {
  const { proof, began } = visitOf(ctx)
  if (!proof) return true
  const need = await authenticationNeed(ctx.oidc.params ?? {}, proof, began)
  if (need === 'another') throw new errors.LoginRequired('another account is signed in')
  if (need === 'unreachable') throw new errors.UnmetAuthenticationRequirements('acr_values cannot be reached')
  return need === 'due'
}

/** What a request with these parameters asks of the person who is signed in; `another`: it is for somebody else. */
export async function authenticationNeed(
  params: Readonly<Record<string, unknown>>,
  { userId, session, now }: SessionProof,
  began: Date | null,
): Promise<'enough' | 'due' | 'unreachable' | 'another'> {
  const hinted = hintedBy(params)
  if (hinted !== null && hinted !== userId) return 'another'
  const asked = askedBy(params)
  const factors = asked.level > 0 ? await store().users.factors(userId) : undefined
  return authenticationFor(asked, await shownIn(session), factors ? reachable(factors) : 3, began, now)
}

/** The grant that a request is answered with: the one just consented to, or one that covers it in this session. */
export async function loadGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { provider, result, client, params } = ctx.oidc
  const { proof } = visitOf(ctx)
  if (!proof || !client || !params) return undefined
  const consented = result?.consent?.grantId
  if (consented !== undefined) {
    const check = await store().grants.check(consented)
    return check?.grant.sessionId === proof.sessionId ? provider.Grant.find(consented) : undefined
  }
  const { userId, sessionId } = proof
  const scope = grantable(params)
  const found = await reusableGrant({ userId, sessionId, clientId: client.clientId, scope })
  return found && provider.Grant.find(found.id)
}
