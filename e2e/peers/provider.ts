import { createServer, type IncomingMessage } from 'node:http'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'

/**
 * An OpenID Provider as others run it, in a process of its own: `node provider.ts PORT CLIENTS`. It keeps everything in
 * memory. It is honest until it is told to lie, by a POST of JSON to `/control`; it answers each with JSON.
 *
 * CLIENTS is a JSON list of clients as `oidc-provider` takes them.
 */

/** What the next answers are changed into. */
export interface Lie {
  /** Over the claims of the ID token; null takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Over its header. */
  readonly header?: Readonly<Record<string, unknown>>
  /** What it is signed with: `other` has the same name as the provider's own, and `public` is its public key. */
  readonly signed?: 'own' | 'other' | 'none' | 'public'
  /** Over the query with which it sends people back. */
  readonly answer?: Readonly<Record<string, string | null>>
  /** Nobody is asked who is signed in, whatever was demanded. */
  readonly silent?: boolean
  /** It shows where it would send people back to, and does not. */
  readonly held?: boolean
  /** Seconds until the token endpoint answers. */
  readonly slow?: number
}

export type Order =
  | { readonly do: 'lie'; readonly lie: Lie }
  /** Any JWT of this provider: a logout token, or what is none. */
  | { readonly do: 'sign'; readonly lie: Lie }
  /** The ID token that was issued last, as it was sent. */
  | { readonly do: 'last' }

const [port = '', clients = '[]'] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`
const own = await generateKeyPair('ES256', { extractable: true })
const other = await generateKeyPair('ES256', { extractable: true })
const jwk: JWK = { ...(await exportJWK(own.privateKey)), kid: 'one', alg: 'ES256', use: 'sig' }

let lie: Lie = {}
let last = ''

const configuration: Configuration = {
  clients: JSON.parse(clients),
  jwks: { keys: [jwk as never] },
  cookies: { keys: ['of a peer in tests'] },
  scopes: ['openid', 'email', 'profile'],
  claims: { openid: ['sub', 'sid'], email: ['email', 'email_verified'], profile: ['name'], acr: null, amr: null },
  // `name@example.org` is whoever says so; the address of `unsure.…` has not been seen to be theirs.
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: 'Somebody', email: id, email_verified: !id.startsWith('unsure') }),
  }),
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!doctype html><html lang="en"><title>Sign out?</title><h1>Sign out?</h1>${form}
<button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`
      },
      postLogoutSuccessSource: (ctx) => {
        ctx.body = '<!doctype html><html lang="en"><title>Signed out</title><h1>Signed out</h1>'
      },
    },
  },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  pkce: { required: () => true },
  ttl: { Session: 86_400, Grant: 86_400, Interaction: 600, AccessToken: 300, IdToken: 300 },
  // It speaks with this machine, which the library by itself does not.
  fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined } as RequestInit),
  // What is asked for is granted: this is about who somebody is.
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc
    const grant = new ctx.oidc.provider.Grant({
      clientId: client?.clientId ?? '',
      accountId: session?.accountId ?? '',
    })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
}

const provider = new Provider(issuer, configuration)
provider.use(async (ctx, next) => {
  if (lie.silent && ctx.path === '/auth') strip(ctx as unknown as KoaContextWithOIDC)
  if (lie.slow && ctx.path === '/token') await new Promise((resolve) => setTimeout(resolve, (lie.slow ?? 0) * 1000))
  await next()
  if (ctx.path === '/token' && isTokens(ctx.body))
    ctx.body = { ...ctx.body, id_token: await changed(ctx.body.id_token) }
  const location = String(ctx.response.headers.location ?? '')
  if (!location.includes('/callback?')) return
  if (lie.answer) ctx.set('location', withAnswer(location, lie.answer))
  if (!lie.held) return
  ctx.remove('location')
  Object.assign(ctx, { status: 200, type: 'text/plain', body: location })
})

function strip(ctx: KoaContextWithOIDC): void {
  const query = new URLSearchParams(ctx.querystring)
  query.delete('prompt')
  query.delete('max_age')
  ctx.querystring = query.toString()
}

function isTokens(body: unknown): body is { id_token: string } {
  return typeof (body as { id_token?: unknown } | undefined)?.id_token === 'string'
}

function withAnswer(location: string, answer: Readonly<Record<string, string | null>>): string {
  const url = new URL(location)
  for (const [name, value] of Object.entries(answer)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.href
}

/** The token as the lie wants it; the same where it wants nothing. */
async function changed(token: string): Promise<string> {
  const { claims, header, signed } = lie
  if (!claims && !header && !signed) {
    last = token
    return token
  }
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as JWTPayload
  last = await sign(payload, lie)
  return last
}

async function sign(given: JWTPayload, { claims = {}, header = {}, signed = 'own' }: Lie): Promise<string> {
  const payload = Object.fromEntries(Object.entries({ ...given, ...claims }).filter(([, value]) => value !== null))
  const alg = signed === 'none' ? 'none' : signed === 'public' ? 'HS256' : 'ES256'
  const protectedHeader = { alg, kid: 'one', ...header }
  if (signed === 'none') return `${[protectedHeader, payload].map(encoded).join('.')}.`
  const token = new SignJWT(payload).setProtectedHeader(protectedHeader)
  if (signed === 'public') {
    const { d: _, ...known } = jwk
    return token.sign(new TextEncoder().encode(JSON.stringify(known)))
  }
  return token.sign(signed === 'other' ? other.privateKey : own.privateKey)
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'lie':
      lie = order.lie
      return {}
    case 'sign':
      return { token: await sign({}, order.lie) }
    case 'last':
      return { token: last }
  }
}

const answer = provider.callback()

createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', issuer)
  const [, uid] = /^\/interaction\/([\w-]+)$/.exec(pathname) ?? []
  if (pathname === '/control') {
    response.end(JSON.stringify(await obey(JSON.parse(await bodyOf(request)) as Order)))
  } else if (pathname === '/favicon.ico') {
    response.statusCode = 204
    response.end()
  } else if (uid && request.method === 'POST') {
    const login = new URLSearchParams(await bodyOf(request)).get('login') ?? ''
    const result = login === '' ? { error: 'access_denied' } : { login: { accountId: login, remember: true } }
    await provider.interactionFinished(request, response, result).catch((error: unknown) => {
      response.statusCode = error instanceof errors.SessionNotFound ? 400 : 500
      response.end()
    })
  } else if (uid) {
    response.setHeader('content-type', 'text/html')
    response.end(PAGE)
  } else answer(request, response)
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))

const PAGE = `<!doctype html><html lang="en"><title>Who is it?</title><h1>Who is it?</h1>
<form method="post"><label>Account here <input name="login"></label> <button>Sign in here</button></form>
<form method="post"><button>Never mind</button></form>`

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
