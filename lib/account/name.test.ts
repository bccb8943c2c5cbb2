import { expect, test } from '@playwright/test'
import { parseName } from '#lib/account/name.ts'

const NAMES: [string, string][] = [
  ['Alice', 'Alice'],
  ['  Alice   Example ', 'Alice Example'],
  ['X Æ A-12', 'X Æ A-12'],
  ['Ngũgĩ wa Thiong’o', 'Ngũgĩ wa Thiong’o'],
  ['Jose\u0301', 'José'],
  ['Alice\u2028', 'Alice'],
  ['李', '李'],
  ['محمد', 'محمد'],
  ['نیم\u200cفاصله', 'نیم\u200cفاصله'],
  ['👩\u200d🚀', '👩\u200d🚀'],
  ['<b>Bobby</b>"; DROP TABLE', '<b>Bobby</b>"; DROP TABLE'],
  ['𝒜'.repeat(80), '𝒜'.repeat(80)],
]

for (const [written, stored] of NAMES) {
  test(`${written.slice(0, 30)} is a name`, () => {
    expect(parseName(written)).toEqual({ name: stored })
  })
}

const REFUSED: [string, RegExp][] = [
  ['', /^Enter your name/],
  [' \t ', /^Enter your name/],
  ['\u200d\u200c', /^Enter your name/],
  ['\u3000', /^Enter your name/],
  ['a'.repeat(81), /at most 80/],
  ['a'.repeat(1_000_000), /at most 80/],
  ['Alice\nSigned in from Paris', /invisible characters/],
  ['Alice\u202egro.elpmaxe', /invisible characters/],
  ['Alice\u2066x\u2069', /invisible characters/],
  ['Alice\u0000', /invisible characters/],
  ['Ali\u2028ce', /invisible characters/],
  ['Alice\u{e0041}', /invisible characters/],
  ['Alice\ud800', /invisible characters/],
]

for (const [written, answer] of REFUSED) {
  test(`${JSON.stringify(written.slice(0, 30))} (${written.length}) is refused with a remedy`, () => {
    expect(parseName(written)).toEqual({ problem: expect.stringMatching(answer) })
  })
}
