import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { formToken } from '#lib/http/form-token.ts'
import { nextOf, type WaitingRequest, waitingRequest } from '#lib/openid-provider/waiting.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { AnswerForm } from '#ui/answer-form.tsx'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ButtonLink } from '#ui/button.tsx'
import type { FormProps } from '#ui/form-parts.tsx'
import { Onward } from '#ui/onward.tsx'
import { answerAction } from './actions.ts'
import { Consent } from './consent.tsx'
import { DeviceAnswered } from './device-answered.tsx'
import { ForAnother, Unreachable } from './device-unmet.tsx'
import { RequestOver } from './request-over.tsx'

export const metadata: Metadata = { title: 'Access for an application' }

interface Props {
  readonly params: Promise<{ readonly id: string }>
}

/** Where an application's request waits for its person. Each visit decides anew what comes next. */
export default async function AuthorizePage({ params }: Props) {
  const proof = await requireSession()
  const { id } = await params
  const waiting = await waitingRequest((await headers()).get('cookie'), id, proof)
  if (!waiting) return <RequestOver />
  const again = `/reauthenticate?${new URLSearchParams({ for: 'session', returnTo: `/authorize/${id}` })}`
  const form = { action: answerAction, formToken: formToken(proof), hidden: { request: id } }
  const next = await nextOf(waiting, proof)
  if (next === 'authenticate') redirect(again)
  if (next === 'stronger') return <Stronger app={waiting.client.name} again={again} form={form} />
  if (next === 'onward') return <Answered waiting={waiting} />
  const email = (await store().users.find(proof.userId))?.email ?? ''
  const app = waiting.client.name
  if (next === 'unreachable') return <Unreachable app={app} form={form} email={email} />
  if (next === 'another') return <ForAnother app={app} form={form} email={email} />
  return <Consent form={form} waiting={waiting} email={email} />
}

function Answered({ waiting: { id, client, interaction, userCode } }: { readonly waiting: WaitingRequest }) {
  if (userCode !== null) return <DeviceAnswered app={client.name} allowed={interaction.result?.consent !== undefined} />
  return <Onward title="Just a moment" to={client.name} href={`/oauth/authorize/${id}`} />
}

interface StrongerProps {
  readonly app: string
  readonly again: string
  readonly form: FormProps
}

function Stronger({ app, again, form }: StrongerProps) {
  return (
    <AuthLayout title="One more proof" lead={<>{app} asks for a stronger proof than the one you gave.</>}>
      <div className="space-y-3">
        <ButtonLink href={again} wide>
          Confirm another way
        </ButtonLink>
        <AnswerForm {...form} answers={[['cancel', 'Cancel', 'secondary']]} />
      </div>
    </AuthLayout>
  )
}
