import type { Metadata } from 'next'
import { assuranceLevel } from '#lib/authentication/assurance.ts'
import { settings } from '#lib/config.ts'
import { durationWords } from '#lib/duration-words.ts'
import { formToken } from '#lib/http/form-token.ts'
import { deadlines, limitsFor } from '#lib/session/policy.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { Card, Fact, Facts, Section } from '#ui/card.tsx'
import { NameForm } from '#ui/name-form.tsx'
import { Page } from '#ui/page.tsx'
import { methodsWords } from '#ui/session-card.ts'
import { Time } from '#ui/time.tsx'
import { changeName } from './actions.ts'

export const metadata: Metadata = { title: 'Account' }

export default async function AccountPage() {
  const proof = await requireSession()
  const user = await store().users.find(proof.userId)
  const { session, now } = proof
  const { policy } = settings()
  const { idleExpiresAt, expiresAt } = deadlines(session, policy)
  const idle = durationWords(limitsFor(policy, session.remembered).inactivityTimeout)
  return (
    <Page title="Account" lead="Who you are here, and the state of the session you are using.">
      <Section id="profile" title="Profile">
        <Card>
          <Facts>
            <Fact term="Email">{user?.email}</Fact>
            <Fact term="Member since">{user && <Time at={user.createdAt} />}</Fact>
          </Facts>
          <div className="mt-5 border-t border-line pt-5">
            <NameForm action={changeName} formToken={formToken(proof)} name={user?.name ?? ''} />
          </div>
        </Card>
      </Section>
      <Section
        id="session"
        title="This session"
        lead={
          <>
            One of those on <a href="/account/sessions">Active sessions</a>.
          </>
        }
      >
        <Card>
          <Facts>
            <Fact term="Level">
              {assuranceLevel(session.authentications)} of 3, by{' '}
              {methodsWords(session.authentications.map(({ method }) => method)).toLowerCase()}
            </Fact>
            <Fact term="Signed in">
              <Time at={session.beganAt} now={now} both />
            </Fact>
            <Fact term="Last active">
              <Time at={session.lastActiveAt} now={now} both />
            </Fact>
            <Fact term={`Ends after ${idle} without activity`}>
              <Time at={idleExpiresAt} now={now} both />
            </Fact>
            <Fact term="Ends at the latest">
              <Time at={expiresAt} now={now} both />
            </Fact>
            <Fact term="Kept when the browser closes">{session.remembered ? 'Yes, you asked for it' : 'No'}</Fact>
          </Facts>
        </Card>
      </Section>
    </Page>
  )
}
