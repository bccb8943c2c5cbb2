import 'server-only'

/** Longest that one relying party may take to answer. Milliseconds. */
const ANSWER_WITHIN = 5000

/** - `told`: it has acted on it. - `refused`: it answers, and will not. - `away`: no answer, or none that means anything. */
export type Told = { readonly outcome: 'told' } | { readonly outcome: 'refused' | 'away'; readonly why: string }

export type Post = (uri: string, token: string, signal: AbortSignal) => Promise<Told>

/**
 * Puts a logout token to a relying party. Redirects are not followed: the token is for this address alone. What it
 * answers is not read. @see OpenID Connect Back-Channel Logout 1.0 §2.5, §2.8; ASVS v5.0.0-15.3.2
 */
export function poster(answerWithin = ANSWER_WITHIN): Post {
  return async (uri, token, signal) => {
    try {
      const answer = await fetch(uri, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: token }),
        redirect: 'manual',
        cache: 'no-store',
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithin)]),
      })
      await answer.body?.cancel()
      return toldBy(answer)
    } catch (error) {
      return { outcome: 'away', why: causeOf(error) }
    }
  }
}

function toldBy({ ok, status }: Response): Told {
  if (ok) return { outcome: 'told' }
  return { outcome: status < 500 && status !== 429 ? 'refused' : 'away', why: `it answered ${status}` }
}

function causeOf(error: unknown): string {
  const { name, cause } = error as Error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : name
}
