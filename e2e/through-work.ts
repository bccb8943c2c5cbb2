import { test as book, expect, type Person } from './book.ts'
import { type Peer, startPeer } from './peers/peer.ts'
import { freePort, type Server, startServer } from './server.ts'

/**
 * A Signet that lets people sign in through two others: `Work`, a provider in a process of its own, which can be told to
 * lie, `Gone`, at whose address nobody listens, and `Brief`, where nobody listens unless a test sees to it.
 */
interface Ground {
  readonly level: '1' | '2' | '3'
  readonly ground: { readonly server: Server; readonly work: Peer; readonly brief: () => Promise<Peer> }
  readonly work: Peer
  /** Starts Brief, where the test ends it. */
  readonly brief: () => Promise<Peer>
}

const SECRET = 'a-secret-of-Work-and-Signet'

export const test = book.extend<{ readonly honest: undefined }, Ground>({
  level: ['2', { option: true, scope: 'worker' }],
  ground: [
    async ({ level }, use) => {
      const [port, closed, late] = [await freePort(), await freePort(), await freePort()]
      const work = { id: 'at-work', name: 'Work', issuer: `http://127.0.0.1:${port}`, clientId: 'signet' }
      const providers = [
        { ...work, clientSecret: SECRET, twoFactors: { acr: ['gold'], amr: ['mfa'] } },
        { id: 'gone', name: 'Gone', issuer: `http://127.0.0.1:${closed}`, clientId: 'signet' },
        { id: 'brief', name: 'Brief', issuer: `http://127.0.0.1:${late}`, clientId: 'signet', clientSecret: SECRET },
      ]
      const server = await startServer({ ASSURANCE_LEVEL: level, IDENTITY_PROVIDERS: JSON.stringify(providers) })
      const peer = await startPeer(port, [clientAt(server, 'at-work')])
      await use({ server, work: peer, brief: () => startPeer(late, [clientAt(server, 'brief')]) })
      await peer.stop()
      await server.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  server: [async ({ ground }, use) => use(ground.server), { scope: 'worker' }],
  work: [async ({ ground }, use) => use(ground.work), { scope: 'worker' }],
  brief: [async ({ ground }, use) => use(ground.brief), { scope: 'worker' }],
  honest: [
    async ({ work, guard }, use) => {
      // Where it leads is another site, with cookies of its own.
      guard.allow(/^leaves the origin: http:\/\/127\.0\.0\.1:/, /^cookie: sets a cookie that is in no inventory: _/)
      await work.lie()
      await use(undefined)
      work.goOn()
    },
    { auto: true },
  ],
})

function clientAt({ origin }: Server, id: string) {
  const path = `${origin}/api/federation/${id}`
  return {
    client_id: 'signet',
    client_secret: SECRET,
    redirect_uris: [`${path}/callback`],
    post_logout_redirect_uris: [`${origin}/sign-in?reason=signed-out`],
    backchannel_logout_uri: `${path}/backchannel-logout`,
    backchannel_logout_session_required: true,
    id_token_signed_response_alg: 'ES256',
    require_auth_time: true,
  }
}

/** Presses the button, and says at Work who they are; without `login` Work knows that already. */
export async function goThroughWork(
  { page }: Person,
  login: string | null,
  { from = '/sign-in', button = 'Sign in with Work' } = {},
): Promise<void> {
  if (from) await page.goto(from)
  await page.getByRole('button', { name: button }).click()
  if (login !== null) await sayWho({ page }, login)
}

/** On Work's own page. */
export async function sayWho({ page }: Pick<Person, 'page'>, login: string): Promise<void> {
  await page.getByLabel('Account here').fill(login)
  await page.getByRole('button', { name: 'Sign in here' }).click()
}

/** Signs in through Work, with an account there of the same address, and arrives. */
export async function signInThroughWork(person: Person, login: string | null = person.email): Promise<void> {
  await goThroughWork(person, login)
  await expect(person.page).toHaveURL('/account/sessions')
}

/** Another browser, as far as Signet can tell: nothing that is still on its way brings a cookie back. */
export async function forgetSignet(
  { page, context }: Person,
  all: { readonly domain?: string } = { domain: 'localhost' },
) {
  await page.goto('about:blank')
  await context.clearCookies(all)
}

/** What happened: the sentence on the page to which a trip led back. */
export async function expectNotice({ page }: Person, sentence: string | RegExp): Promise<void> {
  await expect(page.getByRole('alert').filter({ hasText: sentence })).toBeVisible()
}

export function identitiesOf(server: Server, { email }: Pick<Person, 'email'>) {
  const of = 'select i.* from identities i join users u on u.id = i.user_id where u.email = ? order by i.created_at'
  return server.db.prepare(of).all(email.toLowerCase()) as { id: string; subject: string; label: string | null }[]
}

/** As if it had been linked before. */
export function giveIdentity(server: Server, { email }: Pick<Person, 'email'>, work: Peer, subject = email): void {
  const user = server.db.prepare('select id from users where email = ?').get(email.toLowerCase()) as { id: string }
  const insert = 'insert into identities (id, user_id, issuer, subject, label, created_at) values (?, ?, ?, ?, ?, ?)'
  server.db.prepare(insert).run(`identity of ${subject}`, user.id, work.issuer, subject, subject, Date.now())
}
