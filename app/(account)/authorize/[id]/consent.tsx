import { settings } from '#lib/config.ts'
import { durationWords } from '#lib/duration-words.ts'
import { refreshLimits } from '#lib/openid-provider/lifetimes.ts'
import { scopeWords } from '#lib/openid-provider/scopes.ts'
import type { WaitingRequest } from '#lib/openid-provider/waiting.ts'
import { AnswerForm } from '#ui/answer-form.tsx'
import { AuthLayout } from '#ui/auth-layout.tsx'
import type { FormProps } from '#ui/form-parts.tsx'
import { CheckIcon } from '#ui/icons.tsx'
import { Notice } from '#ui/notice.tsx'

interface ConsentProps {
  readonly form: FormProps
  readonly waiting: WaitingRequest
  /** Of the account that would be opened. */
  readonly email: string
}

/** Who asks, what it may do, and in which account: all that somebody needs to know before they say yes. */
export function Consent({ form, waiting: { client, interaction, scope, userCode }, email }: ConsentProps) {
  const app = client.name
  return (
    <AuthLayout
      title={`Let ${app} in?`}
      lead={
        <>
          It asks for access to the account <bdi className="font-semibold text-ink">{email}</bdi>.
        </>
      }
      footer={
        <>
          You can take this back at any time, under <a href="/account/apps">Linked apps</a>.
        </>
      }
    >
      <div className="space-y-6">
        {userCode !== null && <FromDevice code={userCode} />}
        <div>
          <h2 className="text-sm font-semibold">{app} will be able to</h2>
          <ul className="mt-2 space-y-2">
            {scopeWords(scope).map((words) => (
              <li key={words} className="flex gap-2 text-sm">
                <CheckIcon className="mt-px size-5 text-accent" />
                {words}
              </li>
            ))}
          </ul>
        </div>
        <p className="text-sm text-muted">{howLong(scope)}</p>
        {userCode === null && <WayBack to={String(interaction.params.redirect_uri ?? '')} />}
        <AnswerForm
          {...form}
          answers={[
            ['allow', 'Allow', 'primary'],
            ['cancel', 'Cancel', 'secondary'],
          ]}
        />
      </div>
    </AuthLayout>
  )
}

function howLong(scope: string): string {
  const offline = scope.split(' ').includes('offline_access')
  const words = durationWords(refreshLimits(settings().policy.level, offline).overall)
  if (offline) return `It keeps this for up to ${words}, also when you have signed out.`
  return `It loses this when you sign out of this session, and after ${words} at the latest.`
}

/** Somebody may have sent the code and waits for it to be let in. RFC 8628 §5.4 */
function FromDevice({ code }: { readonly code: string }) {
  return (
    <Notice tone="warning" role="none" title="Is it your device?">
      Only go on if you have just started this yourself and your device shows{' '}
      <span className="font-mono font-semibold whitespace-nowrap">{code}</span>. If somebody sent you this code or told
      it to you, they want to get into your account: cancel.
    </Notice>
  )
}

/** The name is the application's own word; its address is registered. */
function WayBack({ to }: { readonly to: string }) {
  const host = URL.canParse(to) ? new URL(to).host : ''
  if (!host) return null
  return (
    <p className="text-sm text-muted">
      Then you go back to <bdi className="font-medium text-ink wrap-anywhere">{host}</bdi>.
    </p>
  )
}
