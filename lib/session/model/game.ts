import { expect } from '@playwright/test'
import fc from 'fast-check'
import type { Store } from '#db/contract.ts'
import { eventOf } from '#db/records.ts'
import { setCookie } from '#lib/http/cookies.ts'
import { type Current, currentSession, recentProof } from '#lib/session/current.ts'
import { browserDigest, reauthenticated, sessionCookie } from '#lib/session/lifecycle.ts'
import { passSession } from '#lib/session/passage.ts'
import { openSession } from '#lib/session/seal.ts'
import { newToken } from '#lib/session/token.ts'

/**
 * A game between an honest browser, time, the owner elsewhere and a thief, for the life of one session. Requests take
 * the way that `proxy.ts` and a page take. The rules below are promises, not the algorithm again.
 */
export type Move =
  | { readonly move: 'visit' | 'post' | 'read'; readonly who: Who; readonly answer: 'arrives' | 'late' | 'lost' }
  | { readonly move: 'crowd'; readonly who: Who; readonly answers: readonly boolean[] }
  | { readonly move: 'wait'; readonly seconds: number }
  | {
      readonly move:
        | 'copy'
        | 'late answers arrive'
        | 'confirm who I am'
        | 'sensitive act'
        | 'sign out'
        | 'end from elsewhere'
    }

type Who = 'owner' | 'thief'

const who = fc.constantFrom<Who>('owner', 'owner', 'thief')
const answer = fc.constantFrom('arrives' as const, 'arrives' as const, 'late' as const, 'lost' as const)
/** Some way below each limit, for real time passes too; exactly at it, and above. */
const SECONDS = [1, 25, 30, 31, 60, 120, 290, 300, 301, 600, 890, 900]

export const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ move: fc.constantFrom('visit' as const, 'post' as const, 'read' as const), who, answer }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      move: fc.constant('crowd' as const),
      who,
      answers: fc.array(fc.boolean(), { minLength: 2, maxLength: 8 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ move: fc.constant('wait' as const), seconds: fc.constantFrom(...SECONDS) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      move: fc.constantFrom(
        'copy' as const,
        'copy' as const,
        'late answers arrive' as const,
        'confirm who I am' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ move: 'sensitive act' as const }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constantFrom('sign out' as const, 'end from elsewhere' as const) }) },
)

/** A store whose time can be moved. */
export interface World {
  readonly store: Store
  /** A user with one session per call; answers its public id and the way to end it from elsewhere. */
  begin(): Promise<{ readonly sessionId: string; readonly cookie: string; endElsewhere(): Promise<void> }>
  /** Lets `seconds` pass for this session. */
  wait(sessionId: string, seconds: number): Promise<void>
  readonly limits: { readonly inactivity: number; readonly lifetime: number; readonly grace: number }
}

const NOWHERE = { ip: null, place: null }

export async function play(world: World, moves: readonly Move[]): Promise<void> {
  const game = new Game(world, await world.begin())
  for (const move of moves) await game.make(move)
  await game.checkThatTheDeadStayDead()
}

type Begun = Awaited<ReturnType<World['begin']>>

class Game {
  readonly #world: World
  readonly #session: Begun
  readonly #jars: Record<Who, string | null>
  /** Every cookie ever issued, and those that an authentication retired. */
  readonly #issued = new Set<string>()
  readonly #retired = new Set<string>()
  /** When each generation was first accepted. */
  readonly #firstShown = new Map<number, number>()
  #late: { jar: Who; cookie: string; at: number }[] = []
  #now = 0
  #lastActive = 0
  #lifetimeFrom = 0
  #over = false
  #thiefHasBeenActive = false

  constructor(world: World, session: Begun) {
    this.#world = world
    this.#session = session
    this.#jars = { owner: session.cookie, thief: null }
    this.#issued.add(session.cookie)
  }

  async make(move: Move): Promise<void> {
    switch (move.move) {
      case 'visit':
      case 'post':
      case 'read':
        return this.#request(move.who, move.move, move.answer)
      case 'crowd':
        await Promise.all(move.answers.map((arrives) => this.#request(move.who, 'visit', arrives ? 'arrives' : 'lost')))
        return
      case 'wait':
        this.#now += move.seconds
        return this.#world.wait(this.#session.sessionId, move.seconds)
      case 'copy':
        this.#jars.thief = this.#jars.owner
        return
      case 'late answers arrive':
        return this.#deliverLate()
      case 'confirm who I am':
        return this.#confirm()
      case 'sensitive act':
        return this.#actTwice()
      case 'sign out':
        return this.#signOut()
      case 'end from elsewhere':
        await this.#session.endElsewhere()
        this.#over = true
    }
  }

  async #request(who: Who, move: 'visit' | 'post' | 'read', answer: 'arrives' | 'late' | 'lost'): Promise<void> {
    const jar = this.#jars[who]
    if (jar === null) return
    const expected = this.#expectation(who)
    const stale = await this.#isStale(jar)
    const deliberate = move !== 'read'
    const passed = await passSession({ cookies: jar, origin: NOWHERE, deliberate, safe: move !== 'post' })
    const current = await currentSession(jar)
    this.#judge(who, current, expected)
    if (stale) await this.#expectTheEnd()
    if (current.state !== 'standing') return
    if (deliberate) this.#noteActivity(current)
    if (who === 'thief') this.#thiefHasBeenActive = true
    const issued = passed.cookie && cookieText(setCookie(passed.cookie))
    if (issued) this.#answer(who, issued, answer)
  }

  /** Honest alone, within the limits and not ended by anybody: must be served. */
  #expectation(who: Who): 'served' | 'open' {
    const { inactivity, lifetime } = this.#world.limits
    const inTime = this.#now - this.#lastActive < inactivity && this.#now - this.#lifetimeFrom < lifetime
    return who === 'owner' && inTime && !this.#over && !this.#thiefHasBeenActive ? 'served' : 'open'
  }

  #judge(who: Who, current: Current, expected: 'served' | 'open'): void {
    if (expected === 'served') expect(current.state, 'an honest browser is not signed out').toBe('standing')
    if (current.state !== 'standing') {
      if (current.because === 'over') this.#over = true
      return
    }
    expect(this.#over, `a session that is over serves nobody (${who})`).toBe(false)
    expect(this.#retired.has(this.#jars[who] ?? ''), 'a token retired by an authentication is dead').toBe(false)
    this.#judgeGeneration(current.seal.generation, recentProof(current))
    const { inactivity, lifetime } = this.#world.limits
    expect(this.#now - this.#lastActive, 'inactivity ends it').toBeLessThan(inactivity)
    expect(this.#now - this.#lifetimeFrom, 'no activity crosses the lifetime').toBeLessThan(lifetime)
  }

  /** Two generations are never served more than the grace apart, and the older one opens no sensitive act. */
  #judgeGeneration(generation: number, proof: ReturnType<typeof recentProof>): void {
    const newer = [...this.#firstShown].filter(([other]) => other > generation)
    for (const [, at] of newer) expect(this.#now - at, 'a copy is caught').toBeLessThan(this.#world.limits.grace)
    if (newer.length > 0) expect(proof, 'a predecessor opens no sensitive act').toBe('superseded')
    if (!this.#firstShown.has(generation)) this.#firstShown.set(generation, this.#now)
  }

  /** A newer generation has been in use for the grace or longer: somebody else holds this session too. */
  async #isStale(jar: string): Promise<boolean> {
    const seal = await openSession(jar.slice(jar.indexOf('=') + 1))
    if (!seal) return false
    const { grace } = this.#world.limits
    return [...this.#firstShown].some(([other, at]) => other > seal.generation && this.#now - at >= grace)
  }

  async #expectTheEnd(): Promise<void> {
    const row = await this.#world.store.sessions.check(this.#session.sessionId)
    expect(row, 'the use of a copy ends the session for both').toBeUndefined()
    this.#over = true
  }

  #noteActivity({ proof }: Extract<Current, { state: 'standing' }>): void {
    const noted = (proof.session.lastActiveAt.getTime() - proof.now.getTime()) / 1000 + this.#now
    this.#lastActive = Math.max(this.#lastActive, noted)
  }

  #answer(who: Who, cookie: string, answer: 'arrives' | 'late' | 'lost'): void {
    this.#issued.add(cookie)
    if (answer === 'arrives') this.#jars[who] = cookie
    if (answer === 'late') this.#late.push({ jar: who, cookie, at: this.#now })
  }

  /** An answer under way for longer than the grace counts as lost: that is the limit of what is promised. */
  #deliverLate(): void {
    for (const { jar, cookie, at } of this.#late) {
      if (this.#now - at < this.#world.limits.grace) this.#jars[jar] = cookie
    }
    this.#late = []
  }

  async #confirm(): Promise<void> {
    const current = await currentSession(this.#jars.owner)
    if (current.state !== 'standing' || current.recognition !== 'present' || current.proof.session.successor) return
    const done = await reauthenticated(current.proof, 'pwd', true, eventOf('reauthenticated', current.proof.userId))
    if (typeof done === 'string') return
    for (const cookie of this.#issued) this.#retired.add(cookie)
    // An answer that was on its way before a confirmed renewal and is so still, two round trips later: not promised.
    this.#late = []
    const cookie = cookieText(setCookie(done.cookie))
    this.#issued.add(cookie)
    this.#jars.owner = cookie
    this.#lastActive = this.#now
    this.#lifetimeFrom = this.#now
    this.#firstShown.clear()
  }

  /** Whatever state the renewal is in, the second press of a sensitive button is decided by the newest token. */
  async #actTwice(): Promise<void> {
    if (this.#expectation('owner') !== 'served') return
    await this.#request('owner', 'post', 'arrives')
    await this.#request('owner', 'post', 'arrives')
    const current = await currentSession(this.#jars.owner)
    if (current.state !== 'standing') throw new Error('an honest browser is not signed out')
    expect(recentProof(current), 'the second press works').not.toBe('superseded')
  }

  async #signOut(): Promise<void> {
    const current = await currentSession(this.#jars.owner)
    if (current.state !== 'standing') return
    await this.#world.store.sessions.signOut(current.proof)
    this.#over = true
  }

  async checkThatTheDeadStayDead(): Promise<void> {
    if (!this.#over) return
    for (const cookie of this.#issued) {
      const { state } = await currentSession(cookie)
      expect(state, 'no cookie ever issued opens a session that is over').toBe('none')
    }
  }
}

function cookieText(setCookieHeader: string): string {
  return setCookieHeader.split(';')[0] ?? ''
}

/** A session made as a sign-in makes it. */
export async function beginIn(store: Store, userId: string, id: string, browser: string): Promise<string> {
  const { token, digest } = newToken()
  const device = { browser: 'Firefox', os: 'Linux', kind: 'desktop', userAgent: null } as const
  const begun = await store.sessions.begin(
    {
      id,
      userId,
      digest,
      remembered: false,
      authentications: [{ method: 'pwd' }],
      securityVersion: 1,
      epoch: 1,
      browserDigest: browserDigest(browser),
      replaces: null,
      ...device,
      ...NOWHERE,
    },
    { most: null, action: 'end-oldest' },
  )
  if (begun.outcome !== 'begun') throw new Error('a session without a limit begins')
  return cookieText(setCookie(await sessionCookie(begun.session, begun.session.generation, token)))
}
