import type { Proofs } from '#lib/session/current.ts'

/** `?for=session`: with all that a sign-in takes, which begins the session's lifetime anew. Otherwise one factor. */
export function parsePurpose(text: unknown): keyof Proofs {
  return text === 'session' ? 'full' : 'recent'
}
