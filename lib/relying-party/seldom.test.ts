import { expect, test } from '@playwright/test'
import { MINUTE, secondsAfter } from '#lib/time.ts'
import { seldom } from './seldom.ts'

const AT = new Date('2026-01-01T12:00:00Z')

test('of each name one line a minute, with how many were left out', { tag: '@v5.0.0-16.3.3' }, () => {
  let at = AT
  const lines: string[] = []
  const say = seldom(() => at)
  const tell = (name: string) => say(name, (leftOut) => lines.push(`${name} ${leftOut}`))
  for (let count = 0; count < 100; count += 1) tell('work')
  tell('home')
  at = secondsAfter(AT, MINUTE - 1)
  tell('work')
  expect(lines).toEqual(['work 0', 'home 0'])
  at = secondsAfter(AT, MINUTE)
  for (const name of ['work', 'home', 'work']) tell(name)
  at = secondsAfter(AT, 2 * MINUTE)
  tell('work')
  expect(lines.slice(2)).toEqual(['work 100', 'home 0', 'work 1'])
})

test('a clock that goes back silences nothing for longer than it went', () => {
  let at = AT
  const lines: number[] = []
  const say = seldom(() => at)
  say('work', (leftOut) => lines.push(leftOut))
  at = secondsAfter(AT, -MINUTE)
  say('work', (leftOut) => lines.push(leftOut))
  at = secondsAfter(AT, MINUTE)
  say('work', (leftOut) => lines.push(leftOut))
  expect(lines).toEqual([0, 1])
})
