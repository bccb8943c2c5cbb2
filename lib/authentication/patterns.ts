/**
 * What makes a long text easy to guess: repetition and walks along the alphabet or the keyboard. Pure, and linear in
 * the length of the text. Texts are folded (NFKC, lower case) by the caller.
 */

/** Rows that people walk along, forwards and backwards: order, three Latin layouts and one Cyrillic, columns. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyza',
  '01234567890',
  '`1234567890-=',
  '!@#$%^&*()_+',
  'qwertyuiop[]\\',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'qwertzuiopü',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
  ...['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '8ik,', '9ol.', '0p;/'],
]

const FORWARDS = 1
const BACKWARDS = 2
const BOTH = FORWARDS | BACKWARDS

/** Two neighbours → the directions in which they follow each other somewhere. */
const STEPS = new Map<string, number>()
for (const row of ROWS) {
  for (let i = 1; i < row.length; i++) {
    const [a, b] = [row.charAt(i - 1), row.charAt(i)]
    STEPS.set(a + b, (STEPS.get(a + b) ?? 0) | FORWARDS)
    STEPS.set(b + a, (STEPS.get(b + a) ?? 0) | BACKWARDS)
  }
}

/** A walk is at least this long: two letters that follow each other stand in every sentence. */
const SHORTEST_WALK = 3

/** For each character, whether it is loose: part of no walk ("4567", "lkjh") and of no run ("aaa", "112233"). */
export function looseCharacters(characters: readonly string[]): readonly boolean[] {
  const loose = characters.map(() => true)
  let start = 0
  let directions = BOTH
  for (let i = 1; i <= characters.length; i++) {
    const [a, b] = [characters[i - 1] ?? '', characters[i] ?? '']
    const step = i === characters.length ? 0 : a === b ? BOTH : (STEPS.get(a + b) ?? 0)
    directions &= step
    if (directions) continue
    if (i - start >= SHORTEST_WALK) loose.fill(false, start, i)
    // The step that turned may be the first one of the next walk.
    start = step ? i - 1 : i
    directions = step || BOTH
  }
  return loose
}

/**
 * Length of the shortest piece whose repetition gives the text, the last one perhaps cut short ("abcabca" → 3);
 * the whole length when nothing repeats. (Knuth, Morris and Pratt's failure function.)
 */
export function period(characters: readonly string[]): number {
  const border = [0]
  for (let i = 1; i < characters.length; i++) {
    let length = border[i - 1] ?? 0
    while (length > 0 && characters[i] !== characters[length]) length = border[length - 1] ?? 0
    border.push(characters[i] === characters[length] ? length + 1 : 0)
  }
  return characters.length - (border.at(-1) ?? 0)
}
