import { AnswerForm } from '#ui/answer-form.tsx'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ButtonLink } from '#ui/button.tsx'
import type { FormProps } from '#ui/form-parts.tsx'

interface DeviceUnmetProps {
  readonly app: string
  readonly form: FormProps
  /** Of the account that is signed in. */
  readonly email: string
}

/** A device hears a yes or a no, and nothing of a reason. So the person does, and the device waits on until they say no. */
export function Unreachable({ app, form, email }: DeviceUnmetProps) {
  return (
    <AuthLayout
      title="This takes a stronger proof"
      lead={
        <>
          {app} asks for more than the account <bdi className="font-semibold text-ink">{email}</bdi> can show.
        </>
      }
    >
      <p className="text-sm">Nothing was allowed. Add a passkey to your account, then type the code again.</p>
      <div className="mt-6 space-y-3">
        <ButtonLink href="/account/security#passkeys" wide>
          Add a passkey
        </ButtonLink>
        <AnswerForm {...form} answers={[['cancel', 'Cancel', 'secondary']]} />
      </div>
    </AuthLayout>
  )
}

/** Whose account it is stays untold: whoever has the code may be a stranger to it. */
export function ForAnother({ app, form, email }: DeviceUnmetProps) {
  return (
    <AuthLayout
      title="This is for another account"
      lead={
        <>
          {app} asks for the account that it was used with before. You are signed in to{' '}
          <bdi className="font-semibold text-ink">{email}</bdi>.
        </>
      }
      footer={<a href="/account/sessions">Active sessions</a>}
    >
      <p className="text-sm">
        Nothing was allowed. If that account is yours, sign out, sign in to it, and type the code again.
      </p>
      <div className="mt-6">
        <AnswerForm {...form} answers={[['cancel', 'Cancel', 'secondary']]} />
      </div>
    </AuthLayout>
  )
}
