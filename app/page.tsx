import { pageSession } from '#lib/session/require.ts'
import { ButtonLink } from '#ui/button.tsx'
import { Footer } from '#ui/footer.tsx'
import { PublicHeader } from '#ui/header.tsx'
import { CookieAndRow } from '#ui/illustration.tsx'

const CLAIMS = [
  [
    'The row decides',
    'Every request asks the database. A session that was ended is over at once, not when some cache runs out.',
  ],
  [
    'The cookie tells nothing',
    'It is a sealed random token, and the row keeps only its digest. A copy of the database opens no session.',
  ],
  [
    'Nothing ends in silence',
    'Each session that is over stays in sight for 28 days, with the reason: you, another device, or time.',
  ],
] as const

export default async function Home() {
  const current = await pageSession()
  return (
    <div className="flex min-h-dvh flex-col">
      <PublicHeader />
      <main
        id="content"
        className="mx-auto flex w-full max-w-6xl grow flex-col justify-center gap-12 px-4 py-8 sm:px-6 lg:gap-16"
      >
        <div className="grid items-center gap-10 lg:grid-cols-[6fr_5fr] lg:gap-16">
          <div>
            <h1 className="text-display font-semibold">See every session. End any of them.</h1>
            <p className="mt-5 max-w-xl text-lg text-muted">
              Signet shows how web sessions are done right: a sealed cookie, a database row that decides, and one honest
              page with every place where you are signed in.
            </p>
            <div className="mt-8 flex flex-wrap gap-3">
              <WaysIn signedIn={current.state === 'standing'} />
            </div>
          </div>
          <Figure />
        </div>
        <Claims />
      </main>
      <Footer />
    </div>
  )
}

function WaysIn({ signedIn }: { readonly signedIn: boolean }) {
  if (signedIn) return <ButtonLink href="/account/sessions">Go to your active sessions</ButtonLink>
  return (
    <>
      <ButtonLink href="/sign-up">Create account</ButtonLink>
      <ButtonLink href="/sign-in" variant="secondary">
        Sign in
      </ButtonLink>
    </>
  )
}

function Figure() {
  return (
    <div className="relative isolate mx-auto w-full max-w-lg">
      <div className="rosette absolute inset-x-0 -inset-y-8 -z-10" aria-hidden="true" />
      <CookieAndRow />
    </div>
  )
}

function Claims() {
  return (
    <ul className="grid gap-x-10 gap-y-6 border-t border-line pt-8 md:grid-cols-3">
      {CLAIMS.map(([title, text]) => (
        <li key={title}>
          <h2 className="font-semibold tracking-tight">{title}</h2>
          <p className="mt-1 text-sm text-muted">{text}</p>
        </li>
      ))}
    </ul>
  )
}
