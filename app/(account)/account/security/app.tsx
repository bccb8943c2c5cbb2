import { Card, Fact, Facts, Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { EndDialog } from '#ui/end-dialog.tsx'
import { ActForm } from '#ui/security/act-form.tsx'
import { EndOthers } from '#ui/security/end-others.tsx'
import { Time } from '#ui/time.tsx'
import { beginAuthenticatorApp } from './actions.ts'
import { PAGE } from './outcome.ts'
import type { SecurityView } from './view.ts'

interface Props {
  readonly view: SecurityView
}

export function AuthenticatorApp({ view }: Props) {
  return (
    <Section
      id="app"
      title="Authenticator app"
      lead="An app on your phone that shows a new code every 30 seconds. A sign-in asks for one after the password."
    >
      <Card>{view.factors.totp ? <Added view={view} /> : <Absent view={view} />}</Card>
    </Section>
  )
}

function Absent({ view: { formToken, asked } }: Props) {
  return (
    <ActForm
      id="add-app"
      opener="Add an authenticator app"
      action={beginAuthenticatorApp}
      formToken={formToken}
      hidden={{ act: 'totp-added' }}
      asked={asked}
      button="Show the key"
    >
      <p className="text-sm">Have the app at hand: the next page shows what it has to scan.</p>
    </ActForm>
  )
}

function Added({ view }: Props) {
  const { totp } = view.factors
  return (
    <div className="space-y-5">
      <Facts>
        <Fact term="Added">{totp && <Time at={totp.createdAt} now={view.now} both />}</Fact>
        <Fact term="Last used">
          {totp?.lastUsedAt ? <Time at={totp.lastUsedAt} now={view.now} both /> : 'Not since it was added'}
        </Fact>
      </Facts>
      <DialogTrigger dialog="end-app" fallback={{ path: PAGE, name: 'remove', value: 'app' }}>
        Remove the authenticator app
      </DialogTrigger>
      <EndDialog
        target="app"
        act="authenticator-removed"
        title="Remove the authenticator app?"
        label="The authenticator app"
        button="Remove"
        open={view.opened === 'app'}
        focusNext="app-heading"
        back={PAGE}
        asked={view.asked}
        formToken={view.formToken}
        option={<EndOthers id="remove-app" />}
      >
        <p>Its codes open nothing from then on. {afterwards(view)}</p>
      </EndDialog>
    </div>
  )
}

function afterwards({ factors: { passkeys } }: SecurityView): string {
  if (passkeys.length > 0) return 'Your passkeys stay.'
  return 'It is your last second factor: afterwards the password alone opens your account, and recovery codes are of no use.'
}
