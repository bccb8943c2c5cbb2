/** One line of text that a person chose and others will read. Pure. */

/**
 * Characters that are invisible or reorder what stands beside them: controls, line separators, bidirectional
 * marks and overrides, and tag characters. "Alice\u202Egro.elpmaxe" must not read as another name.
 * Joiners (U+200C, U+200D) stay: Persian, Indic scripts and emoji need them.
 */
const DECEPTIVE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u

/** Something to see: a letter, a number, punctuation or a symbol. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

export type TextProblem = 'empty' | 'too-long' | 'deceptive'

/**
 * NFC, without space around it and with single spaces inside, at most `most` code points.
 * Lone surrogates are refused as deceptive: no database and no page can show them.
 */
export function displayText(text: string, most: number): { readonly text: string } | { readonly problem: TextProblem } {
  // Bounds the work below; a code point is at most two units long, and NFC never triples a name.
  if (text.length > most * 8) return { problem: 'too-long' }
  const line = text.normalize('NFC').trim()
  if (DECEPTIVE.test(line) || !line.isWellFormed()) return { problem: 'deceptive' }
  if (!VISIBLE.test(line)) return { problem: 'empty' }
  const tidy = line.replace(/\s+/gu, ' ')
  return [...tidy].length > most ? { problem: 'too-long' } : { text: tidy }
}
