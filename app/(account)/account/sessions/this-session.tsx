import { Section } from '#ui/card.tsx'
import { RenameForm } from '#ui/rename-form.tsx'
import type { SessionCard } from '#ui/session-card.ts'
import { SessionItem } from '#ui/session-item.tsx'
import { SessionList } from '#ui/session-list.tsx'
import { SignOutForm } from '#ui/sign-out-form.tsx'
import { renameSession } from './actions.ts'
import { AddressHint } from './address-hint.tsx'
import { Lineage } from './lineage.tsx'
import type { PageView } from './views.ts'

/** The session in hand comes first; leaving it needs no proof and no dialog. */
export function ThisSession({ session, view }: { readonly session: SessionCard; readonly view: PageView }) {
  return (
    <Section id="this" title="This device">
      <SessionList labelledBy="this-heading">
        <SessionItem
          session={session}
          now={view.now}
          addressHint={<AddressHint />}
          more={
            <>
              <Lineage session={session} now={view.now} />
              <RenameForm
                action={renameSession}
                target={session.id}
                name={session.name}
                formToken={view.formToken}
                asked={view.asked}
              />
            </>
          }
        >
          <SignOutForm formToken={view.formToken} of="this device" />
        </SessionItem>
      </SessionList>
    </Section>
  )
}
