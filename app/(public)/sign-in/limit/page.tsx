import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import type { Session } from '#db/contract.ts'
import { type Waiting, waiting } from '#lib/authentication/room.ts'
import { settings } from '#lib/config.ts'
import { shortenAddress } from '#lib/device/address.ts'
import { deviceLabel } from '#lib/device/label.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { relativeTime } from '#lib/words/time.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { type Choice, ChooseForm, InsistForm } from '#ui/limit-form.tsx'
import { PasskeySignIn } from '#ui/passkey/passkey-sign-in.tsx'
import { PressForm } from '#ui/press-form.tsx'
import { insistAction, makeRoomAction } from './actions.ts'

export const metadata: Metadata = { title: 'Too many sessions' }

/** All was right, and there is no room: for the browser in which that happened, and nobody else. */
export default async function LimitPage() {
  const context = requestContext(await headers())
  const now = await waiting(context)
  if (!now) redirect('/sign-in?again')
  const form = { formToken: formToken(context), hidden: { attempt: now.half.id } }
  if (now.excess === 0) {
    return (
      <AuthLayout
        title="There is room again"
        lead="Another session of this account has ended meanwhile, so none has to end for this one."
        footer={<a href="/sign-in">Start again</a>}
      >
        <PressForm {...form} action={makeRoomAction} label="Sign in" />
      </AuthLayout>
    )
  }
  return (
    <AuthLayout title="Too many sessions" lead={leadOf(now)} footer={<a href="/sign-in">Start again</a>}>
      {now.action === 'ask' ? (
        <ChooseForm {...form} action={makeRoomAction} choices={await choicesOf(now.sessions)} />
      ) : (
        <Insisting form={form} now={now} />
      )}
    </AuthLayout>
  )
}

function leadOf({ action, excess, sessions }: Waiting): ReactNode {
  const most = `This account has ${counted(sessions.length)}, which is as many as it may have.`
  if (action === 'ask')
    return `${most} Choose at least ${excess === 1 ? 'one' : excess} that is to end; then you are signed in here.`
  return `${most} Sign out somewhere else and start again. If you cannot, confirm once more that it is you: the session that was used least recently ends, and you are signed in here.`
}

function counted(count: number): string {
  return count === 1 ? 'one session' : `${count} sessions`
}

interface InsistingProps {
  readonly form: { readonly formToken: string; readonly hidden: { readonly attempt: string } }
  readonly now: Waiting
}

/** At level 3 nothing but a passkey confirms anything. */
async function Insisting({ form, now: { half } }: InsistingProps) {
  const user = await store().users.find(half.userId)
  const factors = await store().users.factors(half.userId)
  const mayUsePassword = settings().policy.level < 3 && factors?.password
  return (
    <div className="space-y-6">
      {mayUsePassword && <InsistForm {...form} action={insistAction} email={user?.email ?? ''} />}
      {factors && factors.passkeys.length > 0 && (
        <PasskeySignIn
          purpose="factor"
          insisting
          attempt={half.id}
          label="Confirm with a passkey"
          returnTo={half.returnTo}
        />
      )}
    </div>
  )
}

async function choicesOf(sessions: readonly Session[]): Promise<readonly Choice[]> {
  const now = await store().clock()
  return sessions.map((session) => {
    const where = session.place ?? (session.ip ? shortenAddress(session.ip) : 'place unknown')
    const about = `${where} · last active ${relativeTime(session.lastActiveAt, now)}`
    return { id: session.id, device: session.name ?? deviceLabel(session), about }
  })
}
