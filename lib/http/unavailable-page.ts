import { isVisit } from '#lib/relying-party/paths.ts'
import { OUTAGE } from './outage.ts'
import { isSafe } from './own-origin.ts'

/**
 * The page for an outage: made without the database, without scripts and without styles that could fail too.
 * @param again a path of ours that can be visited, where this one takes forms alone; null: the form was somebody else's
 */
export function unavailablePage(again: string | null = ''): Response {
  return answer(page(again), 'text/html; charset=utf-8')
}

/** Where to try again what was asked here: most addresses that take a form show it too. */
export function placeToTryAgain(method: string, path: string): string {
  if (isSafe(method)) return ''
  if (path === '/sign-out') return '/account/sessions'
  return isVisit(path) ? '/sign-in' : ''
}

/** The same for a form that a script has sent: Next hands plain text on to the page as the message of an error. */
export function unavailableText(): Response {
  return answer(OUTAGE, 'text/plain')
}

function answer(body: string, type: string): Response {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'retry-after': '5' }
  return new Response(body, { status: 503, headers })
}

const page = (again: string | null) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Back in a moment · Signet</title>
<main>
<h1>Back in a moment</h1>
<p>Signet cannot reach its database, so it shows nothing rather than something stale. Nothing is lost, and nobody
has been signed out by this.</p>
<p>${again === null ? 'Go back, and try again in a moment.' : `<a href="${again}">Try again</a>`}</p>
</main>
</html>
`
