import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { isAdministrator } from '#db/figures.ts'
import { settings } from '#lib/config.ts'
import { formToken } from '#lib/http/form-token.ts'
import { PATH_HEADER } from '#lib/session/paths.ts'
import { requireSession } from '#lib/session/require.ts'
import { timeoutsOf } from '#lib/session/timeouts.ts'
import { store } from '#lib/store.ts'
import { AccountHeader } from '#ui/header.tsx'
import { IdleRefresh } from '#ui/session-watch/idle-refresh.tsx'
import { SessionWatch } from '#ui/session-watch/session-watch.tsx'

/** What stands around every page behind sign-in. It guards nothing: each page earns its own proof. */
export default async function AccountLayout({ children }: { readonly children: ReactNode }) {
  const { sessionId, userId, session, now } = await requireSession()
  const user = await store().users.find(userId)
  const token = formToken({ sessionId })
  const timeouts = timeoutsOf(session, settings().policy, now)
  return (
    <>
      <IdleRefresh timeouts={timeouts} path={(await headers()).get(PATH_HEADER)} />
      <SessionWatch
        sessionId={sessionId}
        accountId={userId}
        email={user?.email ?? ''}
        timeouts={timeouts}
        formToken={token}
      >
        <AccountHeader name={user?.name ?? ''} formToken={token} administrator={isAdministrator(user)} />
        {children}
      </SessionWatch>
    </>
  )
}
