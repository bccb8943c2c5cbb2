import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { sealData, unsealData } from 'iron-session'
import { openFe26 } from './fe26.ts'

/** iron-session is the measure: what it opens as it was issued opens here, to the same; and nothing that it refuses. */
const PASSWORDS = {
  7: 'a-password-of-the-ring-0123456789-abcdefghijklm',
  12: 'another-password-9876543210-zyxwvutsrqponml',
}
const OURS = new Map(Object.entries(PASSWORDS))

const byIron = (text: string) => unsealData<Record<string, unknown>>(text, { password: PASSWORDS, ttl: 0 })
const seal = (payload: object, password: Record<number, string> = PASSWORDS) => sealData(payload, { password, ttl: 0 })

const payloads = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 8 }).filter((key) => key !== '__proto__'),
  fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer(), fc.boolean(), fc.constant(null)),
  { minKeys: 1, maxKeys: 6 },
)

test('what iron-session has sealed opens to the same', async () => {
  await fc.assert(
    fc.asyncProperty(payloads, fc.boolean(), async (payload, older) => {
      const text = await seal(payload, older ? { 7: PASSWORDS[7] } : PASSWORDS)
      expect(openFe26(text, OURS)).toEqual(JSON.parse(JSON.stringify(payload)))
      expect(await byIron(text)).toEqual(openFe26(text, OURS))
    }),
    { numRuns: 100 },
  )
})

test('what iron-session refuses does not open, wherever it was changed', { tag: '@v5.0.0-11.3.3' }, async () => {
  const changes = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('replaced', 'removed', 'doubled', 'cut', 'swapped'),
    by: fc.constantFrom(...'AQgwBz09-_*~.=e '),
  })
  await fc.assert(
    fc.asyncProperty(payloads, fc.array(changes, { minLength: 1, maxLength: 3 }), async (payload, many) => {
      const text = await seal(payload)
      const changed = many.reduce((now, { at, how, by }) => alter(now, at % Math.max(now.length, 1), how, by), text)
      const opened = openFe26(changed, OURS)
      expect(opened, changed).toEqual(changed === text ? payload : undefined)
      // Never more lenient: where iron says no, nothing opens here.
      if (Object.keys(await byIron(changed)).length === 0) expect(opened).toBeUndefined()
    }),
    { numRuns: 300 },
  )
})

function alter(text: string, at: number, how: string, by: string): string {
  const [before, after] = [text.slice(0, at), text.slice(at + 1)]
  if (how === 'removed') return before + after
  if (how === 'doubled') return before + text.charAt(at) + text.charAt(at) + after
  if (how === 'cut') return before
  if (how === 'swapped')
    return text
      .split('*')
      .toSpliced(2, 2, ...text.split('*').slice(2, 4).reverse())
      .join('*')
  return before + by + after
}

test('another password, an unknown id, an expiry: nothing opens', async () => {
  const text = await seal({ a: 1 })
  expect(openFe26(text, new Map([['12', PASSWORDS[7]]]))).toBeUndefined()
  expect(openFe26(text, new Map([['7', PASSWORDS[7]]]))).toBeUndefined()
  expect(openFe26(text, new Map())).toBeUndefined()
  const expiring = await sealData({ a: 1 }, { password: PASSWORDS, ttl: 3600 })
  expect(await byIron(expiring), 'iron-session opens it').toEqual({ a: 1 })
  expect(openFe26(expiring, OURS)).toBeUndefined()
})
