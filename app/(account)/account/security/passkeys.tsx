import type { Passkey } from '#db/contract.ts'
import { isOnlyWayIn } from '#lib/account/passkeys.ts'
import { Card, Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { Disclosure } from '#ui/disclosure.tsx'
import { EndDialog } from '#ui/end-dialog.tsx'
import { Heading } from '#ui/heading.tsx'
import { ActForm } from '#ui/security/act-form.tsx'
import { AddPasskeyForm } from '#ui/security/add-passkey-form.tsx'
import { EndOthers } from '#ui/security/end-others.tsx'
import { Time } from '#ui/time.tsx'
import { addPasskey, beginAddPasskey, renamePasskey } from './actions.ts'
import { PAGE } from './outcome.ts'
import type { SecurityView } from './view.ts'

interface Props {
  readonly view: SecurityView
}

export function Passkeys({ view }: Props) {
  const { passkeys } = view.factors
  return (
    <Section
      id="passkeys"
      title={passkeys.length === 0 ? 'Passkeys' : `Passkeys (${passkeys.length})`}
      lead="Your device unlocks your account with your fingerprint, face or PIN. There is no secret to be typed, and none that a look-alike page could get."
    >
      <Card>
        {passkeys.length > 0 && (
          <ul aria-labelledby="passkeys-heading" className="mb-5 divide-y divide-line border-b border-line">
            {passkeys.map((passkey) => (
              <Item key={passkey.id} passkey={passkey} view={view} />
            ))}
          </ul>
        )}
        <Disclosure label={passkeys.length === 0 ? 'Add a passkey' : 'Add another passkey'}>
          <AddPasskeyForm action={beginAddPasskey} add={addPasskey} formToken={view.formToken} asked={view.asked} />
        </Disclosure>
      </Card>
    </Section>
  )
}

function Item({ passkey, view }: Props & { readonly passkey: Passkey }) {
  const { id, name, backupEligible, createdAt, lastUsedAt } = passkey
  return (
    <li className="space-y-3 py-5 first:pt-0">
      <Heading level={3} id={`passkey-${id}`}>
        <bdi className="wrap-anywhere">{name}</bdi>
      </Heading>
      <p className="text-sm text-muted">
        {backupEligible ? 'Synchronised between your devices' : 'Bound to one device'}. Added{' '}
        <Time at={createdAt} now={view.now} />, {lastUsedAt ? 'last used ' : 'not used yet'}
        {lastUsedAt && <Time at={lastUsedAt} now={view.now} />}.
      </p>
      <div className="flex flex-wrap items-start gap-3">
        <ActForm
          id={`rename-${id}`}
          opener={
            <>
              Rename <span className="sr-only">{name}</span>
            </>
          }
          action={renamePasskey}
          formToken={view.formToken}
          hidden={{ target: id, act: 'passkey-renamed' }}
          asked={view.asked}
          button="Save name"
          fields={[
            { name: 'name', label: 'Name of the passkey', autoComplete: 'off', maxLength: 120, defaultValue: name },
          ]}
        />
        <Removal passkey={passkey} view={view} />
      </div>
    </li>
  )
}

function Removal({ passkey: { id, name }, view }: Props & { readonly passkey: Passkey }) {
  if (isOnlyWayIn(view.factors)) {
    return (
      <p className="max-w-prose text-sm text-muted">
        It cannot be removed: here nothing but a passkey opens an account. Add another one first.
      </p>
    )
  }
  return (
    <>
      <DialogTrigger dialog={`end-${id}`} fallback={{ path: PAGE, name: 'remove', value: id }}>
        Remove <span className="sr-only">{name}</span>
      </DialogTrigger>
      <EndDialog
        target={id}
        act="authenticator-removed"
        title={`Remove ${name}?`}
        label={name}
        button="Remove"
        open={view.opened === id}
        focusNext="passkeys-heading"
        back={PAGE}
        asked={view.asked}
        formToken={view.formToken}
        option={<EndOthers id={`remove-${id}`} />}
      >
        <p>It opens nothing here from then on; your device may still offer it. {afterwards(view)}</p>
      </EndDialog>
    </>
  )
}

function afterwards({ factors: { passkeys, totp } }: SecurityView): string {
  if (passkeys.length > 1 || totp) return 'What else opens your account stays.'
  return 'It is your last second factor: afterwards the password alone opens your account, and recovery codes are of no use.'
}
