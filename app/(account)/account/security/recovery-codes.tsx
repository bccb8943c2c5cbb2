import { hasSecondFactor } from '#lib/authentication/second-factor.ts'
import { Card, Section } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { RecoveryCodesForm } from '#ui/security/recovery-codes-form.tsx'
import { replaceRecoveryCodes } from './actions.ts'
import type { SecurityView } from './view.ts'

export function RecoveryCodes({ view }: { readonly view: SecurityView }) {
  const { factors, formToken, asked } = view
  const has = factors.recoveryCodes > 0
  return (
    <Section
      id="recovery-codes"
      title="Recovery codes"
      lead="For the day when the phone is lost: each gets you in once, in place of the app or a passkey, together with the password."
    >
      <Card>
        {hasSecondFactor(factors) ? (
          <div className="space-y-4">
            <Left count={factors.recoveryCodes} />
            <RecoveryCodesForm
              action={replaceRecoveryCodes}
              formToken={formToken}
              asked={asked}
              opener={has ? 'Replace recovery codes' : 'Make recovery codes'}
              button={has ? 'Replace them' : 'Make ten codes'}
              left={factors.recoveryCodes}
            />
          </div>
        ) : (
          <p className="text-sm text-muted">
            They stand in for an authenticator app or a passkey. Add one of these first; then make recovery codes here.
          </p>
        )}
      </Card>
    </Section>
  )
}

function Left({ count }: { readonly count: number }) {
  if (count === 0) {
    return (
      <Notice tone="warning" role="none">
        You have none. If you lose your app or passkey, you cannot get in without one.
      </Notice>
    )
  }
  return <p className="text-sm">{count === 1 ? 'One is left.' : `${count} are left, unused.`}</p>
}
