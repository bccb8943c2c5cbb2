import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { logoutTokens } from './logout-token.ts'
import { factsPage, homePage, problemPage } from './pages.ts'
import { authentication, Provider } from './provider.ts'
import { type Session, Sessions } from './sessions.ts'

const { ISSUER = 'http://localhost:3000', CLIENT_ID = '', CLIENT_SECRET, CLIENT_KEY, PORT = '4000' } = process.env
// By its number, not as `localhost`: browsers share the cookies of a host between its ports.
const ORIGIN = `http://127.0.0.1:${PORT}`

const provider = await Provider.discover({
  issuer: ISSUER,
  clientId: CLIENT_ID,
  authentication: await authentication(CLIENT_KEY, CLIENT_SECRET),
  origin: ORIGIN,
})
const { issuer, jwks_uri = '' } = provider.metadata
const logoutToken = logoutTokens(jwks_uri, { issuer, audience: provider.clientId })
const sessions = new Sessions()

interface Visit {
  readonly url: URL
  readonly session: Session | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

const ROUTES: Record<string, (visit: Visit) => void | Promise<void>> = {
  'GET /': ({ response, session }) => show(response, homePage(session)),

  /** The query goes along as it is, so that everything that can be asked for can be tried. */
  'GET /sign-in': async ({ response, session, url }) => {
    const { url: away, transaction } = await provider.begin(Object.fromEntries(url.searchParams))
    redirect(response, away, sessions.begin({ ...session, transaction }, session))
  },

  'GET /callback': async ({ response, session, url }) => {
    if (!session?.transaction) throw new Error('no sign-in is under way in this browser')
    const tokens = await provider.finish(url, session.transaction)
    redirect(response, new URL(ORIGIN), sessions.begin({ tokens }, session))
  },

  'GET /user-info': async ({ response, session }) => {
    if (session?.tokens) show(response, factsPage('Who you are', await provider.userInfo(session.tokens)))
    else redirect(response, new URL(ORIGIN))
  },

  'GET /refresh': async ({ response, session }) => {
    if (session?.tokens) session.tokens = await provider.refresh(session.tokens)
    redirect(response, new URL(ORIGIN))
  },

  /** Here first, then there: whatever the person answers at the provider, this app is left. */
  'GET /sign-out': ({ response, session }) => {
    if (session) sessions.end(session)
    redirect(response, session?.tokens ? provider.endSession(session.tokens) : new URL(ORIGIN))
  },

  'GET /favicon.ico': ({ response }) => void response.writeHead(204).end(),

  /** The provider itself comes here, without a browser and without a cookie. */
  'POST /backchannel-logout': async ({ request, response }) => {
    const form = new URLSearchParams(await text(request))
    try {
      sessions.endAt(await logoutToken(form.get('logout_token') ?? ''))
      response.writeHead(200, { 'cache-control': 'no-store' }).end()
    } catch {
      response.writeHead(400, { 'cache-control': 'no-store' }).end()
    }
  },
}

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', ORIGIN)
  const route = ROUTES[`${request.method} ${url.pathname}`]
  try {
    if (route) await route({ url, request, response, session: sessions.of(request.headers.cookie) })
    else show(response, problemPage('There is no such page.'), 404)
  } catch (cause) {
    // What the provider said is a code, and tells nobody a secret.
    const { error, code, message } = cause as { error?: string; code?: string; message?: string }
    show(response, problemPage(error ?? code ?? message ?? 'unknown'), 400)
  }
}).listen(Number(PORT), '127.0.0.1', () => console.error(`Ready at ${ORIGIN}`))

function show(response: ServerResponse, html: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html)
}

function redirect(response: ServerResponse, to: URL, cookie?: string): void {
  response.writeHead(303, { location: to.href, ...(cookie && { 'set-cookie': cookie }) }).end()
}
