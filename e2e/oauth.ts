import { createHash, randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { Person } from './person.ts'
import type { RawAnswer } from './raw.ts'
import type { App } from './relying-party.ts'
import type { Server } from './server.ts'

/** The protocol by hand, so that every part of it can be wrong. */
export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

export function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** A request for access. What is `undefined` in `other` is left out. */
export function authorizePath(app: App, { challenge }: Pkce, other: Readonly<Record<string, string | undefined>> = {}) {
  const all = {
    client_id: app.id,
    response_type: 'code',
    redirect_uri: app.redirectUri,
    scope: 'openid profile email',
    state: 'as it was sent',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...other,
  }
  const given = Object.entries(all).filter((each): each is [string, string] => each[1] !== undefined)
  return `/oauth/authorize?${new URLSearchParams(given)}`
}

/** Waits for the person's browser to come back to the application, and tells what it was sent there with. */
export function landing({ page }: Person, app: App): () => Promise<URL> {
  let landed: string | undefined
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.url().startsWith(app.redirectUri)) landed = request.url()
  })
  return async () => {
    await expect.poll(() => landed, { message: 'the browser comes back to the application' }).toBeTruthy()
    const answer = new URL(landed ?? '')
    await expect(page).toHaveURL(answer.href)
    landed = undefined
    return answer
  }
}

/** The person lets the application in, on the page. */
export async function allow(person: Person, app: App): Promise<void> {
  await expect(person.page.getByRole('heading', { name: `Let ${app.name} in?` })).toBeVisible()
  await person.page.getByRole('button', { name: 'Allow' }).click()
}

export interface Issued {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly scope: string
  readonly token_type: string
}

/** From the request to the code: the person says yes. */
export async function codeFor(
  person: Person,
  app: App,
  proof: Pkce,
  other: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const landed = landing(person, app)
  await person.page.goto(authorizePath(app, proof, other))
  await allow(person, app)
  const answer = await landed()
  return answer.searchParams.get('code') ?? ''
}

type Form = Readonly<Record<string, string>>

/** A call of an application to an endpoint: by a secret in a header, by a fresh proof of its key, or by its bare name. */
export async function call(server: Server, app: App, path: string, form: Form, headers: Form = {}): Promise<RawAnswer> {
  const { id, secret, assertion } = app
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  return server.request({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(secret !== null && { authorization: basic }),
      ...headers,
    },
    body: new URLSearchParams({
      ...(secret === null && { client_id: id }),
      ...(assertion && shown(await assertion())),
      ...form,
    }).toString(),
  })
}

/** How a proof of an application's key is shown. RFC 7523 §2.2 */
export function shown(assertion: string) {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}

export function redeem(
  server: Server,
  app: App,
  code: string,
  { verifier }: Pkce,
  other: Form = {},
  headers: Form = {},
): Promise<RawAnswer> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, code_verifier: verifier }
  return call(server, app, '/oauth/token', { ...form, ...other }, headers)
}

export function refresh(server: Server, app: App, refreshToken: string, other: Form = {}, headers: Form = {}) {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...other }
  return call(server, app, '/oauth/token', form, headers)
}

/** All the way: what the application holds in the end. */
export async function issued(
  server: Server,
  person: Person,
  app: App,
  other: Readonly<Record<string, string | undefined>> = {},
): Promise<Issued> {
  const proof = pkce()
  const answer = await redeem(server, app, await codeFor(person, app, proof, other), proof)
  expect(answer.status, answer.body).toBe(200)
  return answer.json<Issued & Record<string, unknown>>()
}

/** What userinfo says to whoever bears this. */
export function userInfo(server: Server, accessToken: string): Promise<RawAnswer> {
  return server.request({ path: '/oauth/userinfo', headers: { authorization: `Bearer ${accessToken}` } })
}

/** What a token says, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
}
