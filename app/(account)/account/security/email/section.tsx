import { heldSentence } from '#lib/account/change-email.ts'
import { Card, Section } from '#ui/card.tsx'
import { ActForm } from '#ui/security/act-form.tsx'
import type { SecurityView } from '../view.ts'
import { changeEmail } from './actions.ts'

/** The address: where links and notices go. While the one before may still undo a change, there is no other. */
export function Email({ view: { user, now, formToken, asked } }: { readonly view: SecurityView }) {
  const heldUntil = user.emailHeldUntil && user.emailHeldUntil > now ? user.emailHeldUntil : null
  return (
    <Section
      id="email"
      title="Email"
      lead={
        <>
          You sign in with <strong className="font-semibold wrap-anywhere text-ink">{user.email}</strong>, and notices
          go there. A new address is confirmed by a link; the one before is told, and can undo it for a week.
        </>
      }
    >
      <Card>
        {heldUntil ? (
          <p className="text-sm">{heldSentence(heldUntil)}</p>
        ) : (
          <ActForm
            action={changeEmail}
            formToken={formToken}
            hidden={{ act: 'email-changed' }}
            id="email"
            asked={asked}
            button="Change email"
            fields={FIELDS}
          />
        )}
      </Card>
    </Section>
  )
}

const FIELDS = [
  {
    name: 'newEmail',
    label: 'New email',
    type: 'email',
    inputMode: 'email',
    autoComplete: 'email',
    autoCapitalize: 'none',
    spellCheck: false,
    required: true,
  },
] as const
