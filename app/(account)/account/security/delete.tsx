import { Card, Section } from '#ui/card.tsx'
import { ActForm } from '#ui/security/act-form.tsx'
import { deleteAccount } from './actions.ts'
import type { SecurityView } from './view.ts'

export function DeleteAccount({ view: { formToken, asked } }: { readonly view: SecurityView }) {
  return (
    <Section
      id="delete"
      title="Delete account"
      lead="Ends every session, and takes away your name, your address and everything that opens the account. What happened to it stays on record, without saying whose it was. It cannot be undone."
    >
      <Card>
        <ActForm
          id="delete-account"
          opener="Delete this account"
          action={deleteAccount}
          formToken={formToken}
          hidden={{ act: 'account-deleted' }}
          asked={asked}
          button="Delete account"
          danger
          fields={[
            {
              name: 'confirmation',
              label: 'Type your email address to confirm',
              type: 'email',
              autoComplete: 'off',
              autoCapitalize: 'none',
              spellCheck: false,
            },
          ]}
        />
      </Card>
    </Section>
  )
}
