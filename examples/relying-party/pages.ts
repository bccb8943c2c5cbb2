import type { Session } from './sessions.ts'

const page = (body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Example</title><main>${body}</main></html>`

const escaped = (text: unknown) => String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

export function homePage(session: Session | undefined): string {
  const claims = session?.tokens?.claims()
  if (!claims)
    return page('<h1>Example</h1><p>You are not signed in.</p><p><a href="/sign-in">Sign in with Signet</a></p>')
  return page(`<h1>Example</h1><p>Signed in as ${escaped(claims.sub)}.</p>
<dl>${Object.entries(claims)
    .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
    .join('')}</dl>
<p><a href="/user-info">Who am I?</a> <a href="/refresh">Refresh</a> <a href="/sign-out">Sign out</a></p>`)
}

export function factsPage(title: string, facts: object): string {
  return page(
    `<h1>${escaped(title)}</h1><pre>${escaped(JSON.stringify(facts, null, 2))}</pre><p><a href="/">Back</a></p>`,
  )
}

export function problemPage(what: string): string {
  return page(`<h1>That did not work</h1><p role="alert">${escaped(what)}</p><p><a href="/">Back</a></p>`)
}
