import type { Metadata } from 'next'
import { headers } from 'next/headers'
import type { SessionCheck } from '#db/contract.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { type SignOutRequest, type Staying, signOutRequest, stayingAfter } from '#lib/openid-provider/goodbye.ts'
import { PROBLEMS } from '#lib/openid-provider/problems.ts'
import { type SignedOutHere, signedOutHere } from '#lib/relying-party/sign-out.ts'
import type { Current } from '#lib/session/current.ts'
import { pageSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'
import { Onward } from '#ui/onward.tsx'
import { StaysSignedIn } from '#ui/stays-signed-in.tsx'

export const metadata: Metadata = { title: 'Sign out' }

interface Props {
  readonly params: Promise<{ readonly id: string }>
}

/** An application wants its person signed out here as well. Anybody can make a browser come here: the person decides. */
export default async function EndSessionPage({ params }: Props) {
  const context = requestContext(await headers())
  const request = await signOutRequest(context.cookieHeader, (await params).id)
  const session = sessionOf(await pageSession())
  if (!request) return <Over />
  if (!session) {
    const here = await signedOutHere(context.cookieHeader)
    return here ? <HalfOut request={request} here={here} token={formToken(context)} /> : <SignedOut request={request} />
  }
  const user = await store().users.find(session.userId)
  return <Ask request={request} session={session} email={user?.email ?? ''} staying={await stayingAfter(session)} />
}

function sessionOf(current: Current): SessionCheck | null {
  if (current.state === 'standing' || current.because === 'enrolment') return current.proof.session
  return current.because === 'locked' ? current.session : null
}

interface AskProps {
  readonly request: SignOutRequest
  readonly session: SessionCheck
  readonly email: string
  readonly staying: Staying
}

function Ask({ request: { id, app }, session, email, staying }: AskProps) {
  return (
    <AuthLayout
      title="Sign out of Signet?"
      lead={
        <>
          {app ?? 'An application'} asks to end your session in this browser. You are signed in as{' '}
          <bdi className="font-semibold text-ink">{email}</bdi>.
        </>
      }
    >
      <div className="space-y-6">
        <Stays {...staying} />
        <div className="space-y-3">
          <form method="post" action="/sign-out">
            <input type="hidden" name="formToken" value={formToken({ sessionId: session.id })} />
            <input type="hidden" name="request" value={id} />
            <Button type="submit" wide>
              Sign out
            </Button>
          </form>
          <ButtonLink href="/account/sessions" variant="secondary" wide>
            Stay signed in
          </ButtonLink>
        </div>
      </div>
    </AuthLayout>
  )
}

/** What ends, and what does not. */
function Stays({ sessions, apps, provider }: Staying) {
  return (
    <div className="space-y-2 text-sm">
      <p>What you let applications do during this session ends with it.</p>
      {sessions > 0 && (
        <p>{sessions === 1 ? 'One other session stays' : `${sessions} other sessions stay`} signed in.</p>
      )}
      {apps.length > 0 && <p>But these you let stay, and they do: {apps.join(', ')}.</p>}
      {provider !== null && <p>You may still be signed in at {provider}; you can sign out there right after this.</p>}
    </div>
  )
}

function SignedOut({ request: { app, back } }: { readonly request: SignOutRequest }) {
  if (back !== null) return <Onward title="You are signed out of Signet" to={app ?? 'the application'} href={back} />
  return (
    <AuthLayout title="You are signed out of Signet" footer={<a href="/sign-in">Sign in</a>}>
      <Notice tone="success">Nothing of your account is open in this browser any more.</Notice>
    </AuthLayout>
  )
}

interface HalfOutProps {
  readonly request: SignOutRequest
  readonly here: SignedOutHere
  readonly token: string
}

/** Nothing leads on by itself before the person has read what stays. */
function HalfOut({ request: { app, back }, here, token }: HalfOutProps) {
  return (
    <AuthLayout title="You are signed out of Signet" footer={<a href="/sign-in">Sign in</a>}>
      <div className="space-y-6">
        <StaysSignedIn here={here} formToken={token} />
        {back !== null && (
          <ButtonLink href={back} variant="secondary" wide>
            Go on to {app ?? 'the application'}
          </ButtonLink>
        )}
      </div>
    </AuthLayout>
  )
}

function Over() {
  return (
    <AuthLayout title="This request is over" footer={<a href="/account/sessions">Active sessions</a>}>
      <Notice tone="warning" role="none">
        {PROBLEMS.over}
      </Notice>
    </AuthLayout>
  )
}
