import { expect, test } from '@playwright/test'
import type { Circumstances } from '#db/contract.ts'
import { ANSWER_TO, type Answer, judgeCircumstances, type Signal } from './circumstances.ts'

const LEVELS = [1, 2, 3] as const
const HOME: Circumstances = {
  browser: 'Firefox',
  os: 'Linux',
  kind: 'desktop',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ip: '90.90.1.1',
  place: 'Lyon, France',
}

/** What differs; the signals; the answer at levels 1, 2 and 3. */
const CHANGES: [string, Partial<Circumstances>, Signal[], [Answer, Answer, Answer]][] = [
  ['nothing', {}, [], ['nothing', 'nothing', 'nothing']],
  ['a newer browser', { userAgent: 'Mozilla/5.0 … Firefox/141.0' }, [], ['nothing', 'nothing', 'nothing']],
  ['another kind of device alone', { kind: 'phone' }, [], ['nothing', 'nothing', 'nothing']],
  ['another browser', { browser: 'Chrome' }, ['browser'], ['noted', 'locked', 'ended']],
  ['another system', { os: 'Windows' }, ['system'], ['noted', 'locked', 'ended']],
  ['both', { browser: 'Safari', os: 'iOS' }, ['browser', 'system'], ['noted', 'locked', 'ended']],
  ['another country', { place: 'Peru', ip: '90.91.1.1' }, ['country', 'network'], ['noted', 'noted', 'noted']],
  ['another city', { place: 'Paris, France', ip: '90.90.9.9' }, ['network'], ['nothing', 'nothing', 'noted']],
  ['another address', { ip: '90.90.1.2' }, ['network'], ['nothing', 'nothing', 'noted']],
  [
    'everything',
    { browser: 'Edge', os: 'Windows', place: 'Peru', ip: '1.1.1.1' },
    ['browser', 'system', 'country', 'network'],
    ['noted', 'locked', 'ended'],
  ],
  [
    'a browser that says nothing',
    { browser: null, os: null, kind: 'unknown', userAgent: null },
    [],
    ['nothing', 'nothing', 'nothing'],
  ],
  ['an address that nobody told', { ip: null, place: null }, [], ['nothing', 'nothing', 'nothing']],
]

for (const [what, other, signals, answers] of CHANGES) {
  for (const level of LEVELS) {
    test(`${what} at level ${level}: ${answers[level - 1]}`, () => {
      const verdict = { signals, answer: answers[level - 1] }
      expect(judgeCircumstances(HOME, { ...HOME, ...other }, level)).toEqual(verdict)
      expect(judgeCircumstances({ ...HOME, ...other }, HOME, level), 'and back').toEqual(verdict)
    })
  }
}

for (const [one, other] of [
  [{ browser: 'Brave' }, { browser: 'Chrome' }],
  [{ browser: 'Chrome' }, { browser: 'Chromium' }],
  [{ os: 'iOS' }, { os: 'macOS' }],
  [{ os: 'Android' }, { os: 'Linux' }],
  [{ ip: '2a01:e0a:1:2::1' }, { ip: '2a01:e0a:1:2:ffff::9' }],
  [{ ip: '90.90.1.1' }, { ip: '::ffff:90.90.1.1' }],
] as const) {
  test(`${Object.values(one)} may come as ${Object.values(other)}, and is the same`, () => {
    for (const level of LEVELS) {
      expect(judgeCircumstances({ ...HOME, ...one }, { ...HOME, ...other }, level).answer).toBe('nothing')
    }
  })
}

test('a higher level is never more lenient', () => {
  const strength = (answer: Answer) => ['nothing', 'noted', 'locked', 'ended'].indexOf(answer)
  for (const answers of Object.values(ANSWER_TO)) {
    expect(strength(answers[2])).toBeGreaterThanOrEqual(strength(answers[1]))
    expect(strength(answers[3])).toBeGreaterThanOrEqual(strength(answers[2]))
  }
})
