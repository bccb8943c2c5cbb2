/**
 * Whether a session goes on in the circumstances it was in, and what to do when it does not. Pure.
 *
 * All of it is the client's own claim, or a guess from an address: it proves nothing, and a careful thief imitates it. It
 * catches the careless one, who shows a copied cookie with another browser. What is not known has not changed.
 *
 * Versions never count, since browsers update themselves; nor does an address alone, since phones move.
 * @see ASVS v5.0.0-7.4.1; docs/decisions/0031
 */
import type { Circumstances } from '#db/contract.ts'
import { networkOf } from '#lib/device/address.ts'
import type { AssuranceLevel } from './policy.ts'

export type Signal = 'browser' | 'system' | 'country' | 'network'

/** Weakest first. `locked`: one factor opens it again; `ended`: only a new sign-in goes on. */
const ANSWERS = ['nothing', 'noted', 'locked', 'ended'] as const
export type Answer = (typeof ANSWERS)[number]

/** What each change comes to at each level: the one table. The strongest answer counts. */
export const ANSWER_TO: Readonly<Record<Signal, Readonly<Record<AssuranceLevel, Answer>>>> = {
  browser: { 1: 'noted', 2: 'locked', 3: 'ended' },
  system: { 1: 'noted', 2: 'locked', 3: 'ended' },
  country: { 1: 'noted', 2: 'noted', 3: 'noted' },
  network: { 1: 'nothing', 2: 'nothing', 3: 'noted' },
}

export interface Verdict {
  readonly signals: readonly Signal[]
  readonly answer: Answer
}

export function judgeCircumstances(before: Circumstances, after: Circumstances, level: AssuranceLevel): Verdict {
  const signals = changes(before, after)
  const strength = Math.max(0, ...signals.map((signal) => ANSWERS.indexOf(ANSWER_TO[signal][level])))
  return { signals, answer: ANSWERS[strength] ?? 'nothing' }
}

function changes(before: Circumstances, after: Circumstances): Signal[] {
  const changed: Readonly<Record<Signal, boolean>> = {
    browser: differs(before.browser, after.browser, BROWSERS),
    system: differs(before.os, after.os, SYSTEMS),
    country: differs(country(before.place), country(after.place)),
    network: before.ip !== null && after.ip !== null && networkOf(before.ip) !== networkOf(after.ip),
  }
  return (Object.keys(changed) as Signal[]).filter((signal) => changed[signal])
}

/** Browsers that are known by their hints alone: without these, each is taken for Chrome. */
const BROWSERS = [['Chrome', 'Chromium', 'Brave', 'Vivaldi', 'DuckDuckGo']]
/** Who asks a phone or a tablet for the desktop's page gets it under the desktop's name. */
const SYSTEMS = [
  ['iOS', 'macOS'],
  ['Android', 'Linux', 'ChromeOS'],
]

/** @param alike names under which one and the same may come */
function differs(before: string | null, after: string | null, alike: readonly (readonly string[])[] = []): boolean {
  if (before === null || after === null || before === after) return false
  return !alike.some((names) => names.includes(before) && names.includes(after))
}

/** "Lyon, France" is in France. */
function country(place: string | null): string | null {
  return place?.split(', ').at(-1) ?? null
}
