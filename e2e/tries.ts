import { sendJson } from './api.ts'
import { called, type Jar, pressed, type Victim } from './half-open.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import type { Door } from './surface.ts'

/** Every door, tried by somebody who is half in and knows more than they could: the account's ids and its password. */
export interface HalfOpen {
  readonly jar: Jar
  /** What the forms of this browser carry; of the session that it once was, where there was one. */
  readonly formToken: string
  /** What its own next step shows: there, and nowhere else. */
  readonly shows?: readonly string[]
  /** Doors through which it may go. */
  readonly own?: readonly string[]
  /** Where pages and actions send it; to sign in, if not said otherwise. */
  readonly goesTo?: string
}

/** As browsers and programs ask for a page without anybody having asked for it. */
const AHEAD: readonly Readonly<Record<string, string>>[] = [
  { 'sec-purpose': 'prefetch;prerender', purpose: 'prefetch' },
  { rsc: '1' },
  { rsc: '1', 'next-router-prefetch': '2', 'next-router-segment-prefetch': '/_tree' },
]

type Handler = Extract<Door, { kind: 'handler' }>
type Action = Extract<Door, { kind: 'action' }>
type Fields = Readonly<Record<string, string>>

interface Try {
  readonly how: string
  readonly send: () => Promise<RawAnswer>
  readonly isNo: No
  /** Of an action that was called, Next sends the page to which the answer leads along with it. */
  readonly leads?: boolean
}

/** Whether an answer says no, in the form that is due. */
type No = (answer: RawAnswer) => boolean

function noes(goesTo = '/sign-in') {
  const there = (address = '') => new RegExp(`^(?:http://localhost:\\d+)?${goesTo}(?:[?;]|$)`).test(address)
  const away: No = ({ status, headers }) => (status === 307 || status === 303) && there(headers.location)
  const [wrong, code] = goesTo === '/sign-in' ? [401, 'no_session'] : [403, 'enrolment_required']
  return {
    away,
    /** React's router is told so; or of a page that it may need one day, by which folders it goes. */
    ahead: (answer: RawAnswer) =>
      away(answer) || answer.body.includes(`"NEXT_REDIRECT;replace;${goesTo}`) || !answer.body.includes('["$",'),
    called: (({ headers }) => there(headers['x-action-redirect'])) satisfies No,
    /** To HEAD without a body. */
    api: (({ status, body }) => status === wrong && (body === '' || body.includes(`"code":"${code}"`))) satisfies No,
  }
}

/** On a page that does not have it, an action is not there. */
const notThere: No = ({ status }) => status === 404 || status === 409

/** All the ways to try a door, and the answer that is due to each. */
export function triesOf(server: Server, door: Door, victim: Victim, half: HalfOpen): Try[] {
  const cookie = half.jar.header
  const path = door.path.replace('[id]', door.path.includes('/users/') ? victim.id : victim.sessionId)
  const no = noes(half.goesTo)
  if (door.kind === 'page') return [...looks(server, path, cookie, no.away, no.ahead), ...asForm(server, path, cookie)]
  if (door.kind === 'handler') return asHandler(server, door, path, cookie, victim, no.api)
  return asAction(server, { ...door, path }, cookie, { ...right(door, victim), formToken: half.formToken }, no)
}

/** Looked at, by HEAD, and as browsers look ahead. */
function looks(server: Server, path: string, cookie: string, isNo: No, isNoAhead = isNo): Try[] {
  const ask = (at: string, method: string, headers: object) =>
    server.request({ path: at, method, headers: { cookie, ...headers } })
  const look = async (method: string, headers = {}) => {
    const answer = await ask(path, method, headers)
    const { location = '' } = answer.headers
    // Next wants what is asked for ahead to say so in its address, and sends whoever does not there first.
    return /[?&]_rsc/.test(location) ? ask(location, method, headers) : answer
  }
  return [
    { how: 'looked at', send: () => look('GET'), isNo },
    { how: 'by HEAD', send: () => look('HEAD'), isNo },
    ...AHEAD.map((headers) => ({
      how: `ahead, ${JSON.stringify(headers)}`,
      send: () => look('GET', headers),
      isNo: isNoAhead,
    })),
  ]
}

/** A form for nothing, as a page takes none. */
function asForm(server: Server, path: string, cookie: string): Try[] {
  const headers = { cookie, origin: server.origin, 'content-type': 'application/x-www-form-urlencoded' }
  const send = () => server.request({ path, method: 'POST', headers, body: 'a=b' })
  return [{ how: 'posted to', send, isNo: ({ status }) => status === 400 }]
}

function asHandler(server: Server, door: Handler, path: string, cookie: string, { password }: Victim, isNo: No): Try[] {
  const whole = door.path === '/api/sessions' ? `${path}?scope=all` : path
  if (door.method === 'GET') return looks(server, whole, cookie, isNo)
  const body =
    door.method === 'HEAD' || door.method === 'DELETE'
      ? undefined
      : { ...ANYTHING, password, currentPassword: password, name: 'Taken over' }
  const send = () => sendJson(server, door.method, whole, body, { headers: { cookie } })
  return [{ how: 'asked', send, isNo }]
}

/** On its own page and on one that is for anybody, without scripts and with. */
function asAction(server: Server, action: Action, cookie: string, fields: Fields, no: ReturnType<typeof noes>): Try[] {
  const elsewhere = '/forgot-password'
  return [
    { how: 'pressed', send: () => pressed(server, action, cookie, fields), isNo: no.away },
    { how: 'called', send: () => called(server, action, cookie, fields), isNo: no.called, leads: true },
    { how: 'pressed elsewhere', send: () => pressed(server, action, cookie, fields, elsewhere), isNo: notThere },
    {
      how: 'called elsewhere',
      send: () => called(server, action, cookie, fields, elsewhere),
      isNo: (answer) => notThere(answer) || no.called(answer),
      leads: true,
    },
  ]
}

const ANYTHING = { newPassword: 'a gentle otter counts the tides', newEmail: 'thief@elsewhere.example' }

/** All that any action reads, right for this account: what is missing is the session alone. */
function right({ file }: Action, victim: Victim): Fields {
  const { id, email, password, sessionId } = victim
  const admin = file.includes('/admin/')
  return {
    ...ANYTHING,
    password,
    currentPassword: password,
    name: 'Taken over',
    target: file.includes('/sessions/') ? sessionId : 'app',
    confirmation: admin ? 'everybody' : email,
    user: id,
    act: 'account-disabled',
    session: '',
    reason: 'because it was open',
    for: 'full',
    returnTo: '/account',
    endOthers: 'on',
    made: '{}',
    id: '',
    appCode: '000000',
  }
}
