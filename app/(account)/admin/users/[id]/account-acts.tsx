import type { User } from '#db/contract.ts'
import type { Act } from '#lib/administration/acts.ts'
import { ActDialog } from '#ui/act-dialog.tsx'
import type { ButtonVariant } from '#ui/button.tsx'
import { Fact, Facts, Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { Time } from '#ui/time.tsx'
import type { ActView } from '../../session-row.tsx'

interface Props {
  readonly user: User
  /** The administrator's own account. */
  readonly own: boolean
  readonly view: ActView
}

interface Choice {
  readonly act: Exclude<Act, 'sessions-ended'>
  readonly button: string
  readonly variant: ButtonVariant
  readonly effect: string
}

const DISABLE: Choice = {
  act: 'account-disabled',
  button: 'Disable account',
  variant: 'danger',
  effect:
    'Every session ends at once, and nobody can sign in until you enable the account again. Enabling revives no session.',
}
const ENABLE: Choice = {
  act: 'account-enabled',
  button: 'Enable account',
  variant: 'primary',
  effect: 'The person can sign in again. What was ended stays ended.',
}
const DELETE: Choice = {
  act: 'account-deleted',
  button: 'Delete account',
  variant: 'danger',
  effect:
    'Every session ends at once. Name, address, password, passkeys and devices are deleted for good; what happened is kept without them. It cannot be taken back.',
}
const REMOVE_FACTORS: Choice = {
  act: 'factors-removed',
  button: 'Remove authenticators',
  variant: 'danger',
  effect:
    'For somebody who has lost theirs, after you have made sure who asks. The authenticator app, the passkeys and the recovery codes go, and every session ends. A password and linked accounts elsewhere stay and sign in without them; who has neither sets a password by a mailed link.',
}
const GRANT: Choice = {
  act: 'administrator-granted',
  button: 'Make administrator',
  variant: 'primary',
  effect:
    'From the next sign-in on the person sees everybody’s sessions and can do what you can do here. Their sessions end now.',
}
const WITHDRAW: Choice = {
  act: 'administrator-withdrawn',
  button: 'Withdraw administration',
  variant: 'danger',
  effect: 'At the next request the person is no administrator any more. Their sessions end now.',
}

export function AccountActs({ user, own, view }: Props) {
  const choices = [user.disabledAt ? ENABLE : DISABLE, user.administrator ? WITHDRAW : GRANT, REMOVE_FACTORS, DELETE]
  return (
    <Section id="account" title="Account">
      <Facts>
        <Fact term="Name">
          <bdi>{user.name}</bdi>
        </Fact>
        <Fact term="Created">
          <Time at={user.createdAt} now={view.now} both />
        </Fact>
        <Fact term="Password">{user.passwordHash ? 'Set' : 'None: a mailed link sets one'}</Fact>
        {user.disabledAt && (
          <Fact term="Disabled">
            <Time at={user.disabledAt} now={view.now} both />
          </Fact>
        )}
      </Facts>
      <div className="mt-5 flex flex-col gap-3 sm:flex-row sm:flex-wrap">
        {choices.map((choice) => (
          <AccountAct key={choice.act} choice={choice} user={user} own={own} view={view} />
        ))}
      </div>
    </Section>
  )
}

function AccountAct({ choice, user, own, view }: Props & { readonly choice: Choice }) {
  const { act, button, variant, effect } = choice
  return (
    <div>
      <DialogTrigger dialog={act} fallback={{ path: view.path, name: 'act', value: act }}>
        {button}
      </DialogTrigger>
      <ActDialog
        id={act}
        title={`${button}?`}
        button={button}
        variant={variant}
        open={view.opened === act}
        back={view.path}
        hidden={{ user: user.id, act }}
        formToken={view.formToken}
        asked={view.asked}
      >
        <p className="font-semibold text-ink wrap-anywhere">{user.email}</p>
        {own && <p className="font-semibold text-ink">This is your own account: you will be signed out.</p>}
        <p>{effect}</p>
      </ActDialog>
    </div>
  )
}
