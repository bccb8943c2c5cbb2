import 'server-only'
import { randomSecret } from '#lib/random.ts'
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
  const link = `<p><a href="${escaped(url.href)}" rel="noreferrer">Go on</a> if nothing happens by itself.</p>`
  return new Response(page(url, link), { headers })
}

/**
 * The same with fields that must stand in no address: a form that is sent by itself, or by its button where scripts are
 * off. Its policy says nothing of forms, so that the other site may send it on as it likes.
 */
export function postTo(url: URL, fields: Readonly<Record<string, string>>): Response {
  const nonce = randomSecret().subarray(0, 16).toString('base64')
  const headers = new Headers({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  headers.set(
    'content-security-policy',
    `default-src 'none'; script-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'`,
  )
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const form = `<form method="post" action="${escaped(url.href)}">${inputs.join('')}<button>Go on</button></form>
<script nonce="${nonce}">document.forms[0].submit()</script>`
  return new Response(page(url, form), { headers })
}

function page({ host }: URL, way: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>On to ${escaped(host)} · Signet</title>
<main>
<h1>On to ${escaped(host)}</h1>
${way}
</main>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
