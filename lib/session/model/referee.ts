import { expect } from '@playwright/test'
import { type Current, recentProof } from '#lib/session/current.ts'
import type { OpenedSeal } from '#lib/session/seal.ts'
import type { Who } from './moves.ts'
import type { Limits } from './world.ts'

type Standing = Extract<Current, { state: 'standing' }>

/** What is known of a session from outside, and what was promised about it: not the algorithm again. */
export class Referee {
  readonly #limits: Limits
  /** Every cookie ever issued, and those that an authentication retired. */
  readonly #issued = new Set<string>()
  readonly #retired = new Set<string>()
  /** When each generation was first accepted. */
  readonly #firstShown = new Map<number, number>()
  #now = 0
  #lastActive = 0
  #lifetimeFrom = 0
  #over = false
  #thiefHasBeenActive = false

  constructor(limits: Limits, cookie: string) {
    this.#limits = limits
    this.#issued.add(cookie)
  }

  get now(): number {
    return this.#now
  }

  /** Every cookie that was ever issued, once the session is over. */
  get dead(): readonly string[] {
    return this.#over ? [...this.#issued] : []
  }

  wait(seconds: number): void {
    this.#now += seconds
  }

  noteIssued(cookie: string): void {
    this.#issued.add(cookie)
  }

  noteEnd(): void {
    this.#over = true
  }

  noteUse(who: Who, { proof }: Standing, deliberate: boolean): void {
    if (who === 'thief') this.#thiefHasBeenActive = true
    if (!deliberate) return
    const noted = (proof.session.lastActiveAt.getTime() - proof.now.getTime()) / 1000 + this.#now
    this.#lastActive = Math.max(this.#lastActive, noted)
  }

  /** The owner has shown who they are: whatever was issued before is dead, and the lifetime begins anew. */
  noteAuthentication(cookie: string): void {
    this.noteUnlocked(cookie)
    this.#lifetimeFrom = this.#now
  }

  /** The same, without the lifetime. */
  noteUnlocked(cookie: string): void {
    for (const issued of this.#issued) this.#retired.add(issued)
    this.#issued.add(cookie)
    this.#lastActive = this.#now
    this.#firstShown.clear()
  }

  /** Honest alone, within the limits and not ended by anybody: must be served. */
  mustServe(who: Who): boolean {
    const { inactivity, lifetime } = this.#limits
    const inTime = this.#now - this.#lastActive < inactivity && this.#now - this.#lifetimeFrom < lifetime
    return who === 'owner' && inTime && !this.#over && !this.#thiefHasBeenActive
  }

  /** The same, when only inactivity keeps it out: one factor must open the lock. */
  mustUnlock(who: Who): boolean {
    const { inactivity, lifetime } = this.#limits
    const locked = this.#now - this.#lastActive >= inactivity && this.#now - this.#lifetimeFrom < lifetime
    return who === 'owner' && locked && !this.#over && !this.#thiefHasBeenActive
  }

  /** A newer generation has been in use for the grace or longer: somebody else holds this session too. */
  isStale(seal: OpenedSeal): boolean {
    const shown = [...this.#firstShown]
    return shown.some(([other, at]) => other > seal.generation && this.#now - at >= this.#limits.grace)
  }

  /** @param must as it was before the request */
  judge(who: Who, cookie: string, current: Current, must: { readonly serve: boolean; readonly unlock: boolean }): void {
    if (must.serve) expect(current.state, 'an honest browser is not signed out').toBe('standing')
    if (must.unlock) expect(current, 'an honest browser can open the lock').toMatchObject({ because: 'locked' })
    if (current.state !== 'standing') {
      if (current.because === 'over') this.#over = true
      return
    }
    expect(this.#over, `a session that is over serves nobody (${who})`).toBe(false)
    expect(this.#retired.has(cookie), 'a token retired by an authentication is dead').toBe(false)
    this.#judgeGeneration(current)
    const { inactivity, lifetime } = this.#limits
    expect(this.#now - this.#lastActive, 'inactivity ends it').toBeLessThan(inactivity)
    expect(this.#now - this.#lifetimeFrom, 'no activity crosses the lifetime').toBeLessThan(lifetime)
  }

  /** Two generations are never served more than the grace apart, and the older one opens no sensitive act. */
  #judgeGeneration(current: Standing): void {
    const { generation } = current.seal
    const newer = [...this.#firstShown].filter(([other]) => other > generation)
    for (const [, at] of newer) expect(this.#now - at, 'a copy is caught').toBeLessThan(this.#limits.grace)
    if (newer.length > 0) expect(recentProof(current), 'a predecessor opens no sensitive act').toBe('superseded')
    if (!this.#firstShown.has(generation)) this.#firstShown.set(generation, this.#now)
  }
}
