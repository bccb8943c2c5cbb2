import 'server-only'
import { type Cookie, setCookie } from './cookies.ts'

/** To a page of ours. @param location a path */
export function redirectTo(location: string, cookies: readonly Cookie[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const each of cookies) headers.append('set-cookie', setCookie(each))
  return new Response(null, { status: 303, headers })
}

/**
 * Sends a browser to another site. A page, and no redirect: a form's own redirects are held to the policy of the page
 * that it stood in, which lets forms go to this origin alone, and where a provider sends people on to is its own affair.
 * @see CSP Level 3 §6.4.1 form-action
 */
export function leaveFor(url: URL, cookies: readonly Cookie[] = []): Response {
  const headers = new Headers({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  // A comma or a semicolon in the address is part of it: the header takes all that follows `url=`.
  headers.set('refresh', `0;url=${url.href}`)
  for (const each of cookies) headers.append('set-cookie', setCookie(each))
  return new Response(page(url), { headers })
}

function page({ href, host }: URL): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>On to ${escaped(host)} · Signet</title>
<main>
<h1>On to ${escaped(host)}</h1>
<p><a href="${escaped(href)}" rel="noreferrer">Go on</a> if nothing happens by itself.</p>
</main>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
