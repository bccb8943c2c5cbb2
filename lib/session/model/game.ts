import { expect } from '@playwright/test'
import { eventOf } from '#db/records.ts'
import { type Current, currentSession, recentProof } from '#lib/session/current.ts'
import { reauthenticated, unlockSession } from '#lib/session/lifecycle.ts'
import { passSession } from '#lib/session/passage.ts'
import { openSession } from '#lib/session/seal.ts'
import type { Move, Who } from './moves.ts'
import { Referee } from './referee.ts'
import { cookieText, type World } from './world.ts'

/**
 * A game between an honest browser, time, the owner elsewhere and a thief, for the life of one session. Requests take
 * the way that `proxy.ts` and a page take; `referee.ts` holds what comes back against the promises.
 */
export async function play(world: World, moves: readonly Move[]): Promise<void> {
  const game = new Game(world, await world.begin())
  for (const move of moves) await game.make(move)
  await game.checkThatTheDeadStayDead()
}

const NOWHERE = { browser: null, os: null, kind: 'unknown', userAgent: null, ip: null, place: null } as const

type Begun = Awaited<ReturnType<World['begin']>>
type Locked = Extract<Current, { because: 'locked' }>
type Answer = 'arrives' | 'late' | 'lost'

class Game {
  readonly #world: World
  readonly #session: Begun
  readonly #jars: Record<Who, string | null>
  readonly #referee: Referee
  #late: { jar: Who; cookie: string; at: number }[] = []

  constructor(world: World, session: Begun) {
    this.#world = world
    this.#session = session
    this.#jars = { owner: session.cookie, thief: null }
    this.#referee = new Referee(world.limits, session.cookie)
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
        this.#referee.wait(move.seconds)
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
        this.#referee.noteEnd()
    }
  }

  async #request(who: Who, move: 'visit' | 'post' | 'read', answer: Answer): Promise<void> {
    const jar = this.#jars[who]
    if (jar === null) return
    const must = { serve: this.#referee.mustServe(who), unlock: this.#referee.mustUnlock(who) }
    const stale = await this.#isStale(jar)
    const deliberate = move !== 'read'
    const passed = await passSession({ cookies: jar, from: () => NOWHERE, deliberate, safe: move !== 'post' })
    const current = await currentSession(jar)
    this.#referee.judge(who, jar, current, must)
    if (stale) await this.#expectTheEnd()
    if (current.state !== 'standing') return
    this.#referee.noteUse(who, current, deliberate)
    if (passed.cookie) this.#answer(who, cookieText(passed.cookie), answer)
  }

  async #isStale(jar: string): Promise<boolean> {
    const seal = openSession(jar.slice(jar.indexOf('=') + 1))
    return seal ? this.#referee.isStale(seal) : false
  }

  async #expectTheEnd(): Promise<void> {
    const row = await this.#world.store.sessions.check(this.#session.sessionId)
    expect(row, 'the use of a copy ends the session for both').toBeUndefined()
    this.#referee.noteEnd()
  }

  #answer(who: Who, cookie: string, answer: Answer): void {
    this.#referee.noteIssued(cookie)
    if (answer === 'arrives') this.#jars[who] = cookie
    if (answer === 'late') this.#late.push({ jar: who, cookie, at: this.#referee.now })
  }

  /** An answer under way for longer than the grace counts as lost: that is the limit of what is promised. */
  #deliverLate(): void {
    for (const { jar, cookie, at } of this.#late) {
      if (this.#referee.now - at < this.#world.limits.grace) this.#jars[jar] = cookie
    }
    this.#late = []
  }

  async #confirm(): Promise<void> {
    const current = await currentSession(this.#jars.owner)
    if (current.state === 'none' && current.because === 'locked') return this.#unlock(current)
    if (current.state !== 'standing' || current.recognition !== 'present' || current.proof.session.successor) return
    const done = await reauthenticated(current.proof, 'pwd', true, eventOf('reauthenticated', current.proof.userId))
    if (typeof done === 'string') return
    // An answer that was on its way before a confirmed renewal and is so still, two round trips later: not promised.
    this.#late = []
    this.#jars.owner = cookieText(done.cookie)
    this.#referee.noteAuthentication(this.#jars.owner)
  }

  async #unlock({ session, generation }: Locked): Promise<void> {
    const by = { userId: session.userId, method: 'pwd', securityVersion: 1, in: NOWHERE }
    const opened = await unlockSession(session, generation, by, eventOf('session-unlocked', session.userId))
    if (!opened) throw new Error('the token that a lock goes by opens it')
    this.#late = []
    this.#jars.owner = cookieText(opened.cookie)
    this.#referee.noteUnlocked(this.#jars.owner)
  }

  /** Whatever state the renewal is in, the second press of a sensitive button is decided by the newest token. */
  async #actTwice(): Promise<void> {
    if (!this.#referee.mustServe('owner')) return
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
    this.#referee.noteEnd()
  }

  async checkThatTheDeadStayDead(): Promise<void> {
    for (const cookie of this.#referee.dead) {
      const { state } = await currentSession(cookie)
      expect(state, 'no cookie ever issued opens a session that is over').toBe('none')
    }
  }
}
