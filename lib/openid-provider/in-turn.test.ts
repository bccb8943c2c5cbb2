import { expect, test } from '@playwright/test'
import { inTurn } from './in-turn.ts'

/** A call that ends when it is told to, and notes when it begins and ends. */
function call(name: string, noted: string[]) {
  let end: (error?: Error) => void = () => {}
  const over = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve())
  })
  const run = async () => {
    noted.push(`${name} begins`)
    await over
    noted.push(`${name} ends`)
    return name
  }
  return { run, end }
}

test('calls about the same thing follow each other, also after one that failed', async () => {
  const noted: string[] = []
  const [first, second, third] = [call('first', noted), call('second', noted), call('third', noted)]
  const all = [first, second, third].map(({ run }) => inTurn('code', run).catch(({ message }) => message))
  third.end()
  second.end(new Error('refused'))
  first.end()
  expect(await Promise.all(all)).toEqual(['first', 'refused', 'third'])
  expect(noted).toEqual(['first begins', 'first ends', 'second begins', 'third begins', 'third ends'])
})

test('calls about different things, or about nothing, do not wait for each other', async () => {
  const noted: string[] = []
  const [one, other, none] = [call('one', noted), call('other', noted), call('none', noted)]
  const all = [inTurn('a', one.run), inTurn('b', other.run), inTurn(null, none.run)]
  none.end()
  other.end()
  expect(await Promise.all(all.slice(1))).toEqual(['other', 'none'])
  one.end()
  expect(await all[0]).toBe('one')
})
