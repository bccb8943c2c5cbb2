import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { type Underway, underway } from '#lib/authentication/second-step.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { store } from '#lib/store.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { CodeForm } from '#ui/code-form.tsx'
import { Notice } from '#ui/notice.tsx'
import { PasskeySignIn } from '#ui/passkey/passkey-sign-in.tsx'
import { verifyAction } from './actions.ts'

export const metadata: Metadata = { title: 'One more step' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** The second step, for a browser in which the first one was right; anybody else starts at the beginning. */
export default async function VerifyPage({ searchParams }: Props) {
  const context = requestContext(await headers())
  const now = await underway(context)
  if (!now) redirect('/sign-in?again')
  if (now.next.length === 0) redirect(now.kind === 'half' ? '/sign-in/limit' : '/sign-in')
  const codes = now.next.filter((one) => one !== 'passkey')
  const { use, returnTo } = await searchParams
  const recovery = use === 'recovery-code' || !codes.includes('totp')
  const back = now.kind === 'half' ? now.half.returnTo : returnPath(typeof returnTo === 'string' ? returnTo : null)
  const user = await store().users.find(userIdOf(now))
  return (
    <AuthLayout
      title={now.kind === 'half' ? 'One more step' : 'Open your session again'}
      lead={
        now.kind === 'half' ? (
          <>
            The password of <strong>{user?.email}</strong> is right. Now show that it is you.
          </>
        ) : (
          <>
            The session of <strong>{user?.email}</strong> is locked. A code opens it again.
          </>
        )
      }
      footer={<a href="/sign-in">Start again</a>}
    >
      <div className="space-y-6">
        {codes.length > 0 && (
          <CodeForm
            key={recovery ? 'recovery' : 'totp'}
            action={verifyAction}
            formToken={formToken(context)}
            hidden={now.kind === 'half' ? { attempt: now.half.id } : { returnTo: back }}
            recovery={recovery}
          />
        )}
        {now.next.includes('passkey') && <WithPasskey now={now} returnTo={back} />}
        <OtherCode codes={codes} recovery={recovery} returnTo={back} />
      </div>
    </AuthLayout>
  )
}

function userIdOf(now: Underway): string {
  return now.kind === 'half' ? now.half.userId : now.locked.session.userId
}

function WithPasskey({ now, returnTo }: { readonly now: Underway; readonly returnTo: string }) {
  const asked =
    now.kind === 'half' ? ({ purpose: 'factor', attempt: now.half.id } as const) : ({ purpose: 'sign-in' } as const)
  return (
    <>
      <noscript>
        <Notice role="none">Your passkey needs JavaScript, which is off in this browser.</Notice>
      </noscript>
      <PasskeySignIn {...asked} returnTo={returnTo} label="Use a passkey" />
    </>
  )
}

interface OtherCodeProps {
  readonly codes: readonly string[]
  readonly recovery: boolean
  readonly returnTo: string
}

function OtherCode({ codes, recovery, returnTo }: OtherCodeProps) {
  if (codes.length < 2) return null
  const query = new URLSearchParams({ ...(!recovery && { use: 'recovery-code' }), returnTo })
  return (
    <p className="text-center text-sm">
      <a href={`/sign-in/verify?${query}`}>{recovery ? 'Use a code of your app' : 'Use a recovery code'}</a>
    </p>
  )
}
