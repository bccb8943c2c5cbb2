'use client'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import type { Timeouts } from '#lib/session/timeouts.ts'
import { Alarm } from './alarm.tsx'
import { Connection } from './connection.tsx'
import { EndedPage } from './ended-page.tsx'
import { useOffline } from './reach.ts'
import { useWatch } from './use-watch.ts'
import type { Lock } from './view.ts'
import type { Watch } from './watch.ts'

interface SessionWatchProps {
  readonly sessionId: string
  readonly accountId: string
  /** To sign in with again; changeable. */
  readonly email: string
  readonly timeouts: Timeouts
  /** For `Sign out now`. */
  readonly formToken: string
  /** All that is private, the header included. */
  readonly children: ReactNode
}

/**
 * Stands around the private part of every page. It warns before the session ends, and when it has ended takes the
 * content out of the page, in every tab, within a second; the way back is a form in its place. Without scripts it
 * does nothing, and nothing depends on it: the server decides.
 */
export function SessionWatch(props: SessionWatchProps) {
  // How often this session was locked and opened again while the page was open.
  const [opened, setOpened] = useState(0)
  const onUnlocked = useCallback(() => setOpened((times) => times + 1), [])
  return <Watched key={`${props.sessionId} ${opened}`} {...props} onUnlocked={onUnlocked} />
}

function Watched(props: SessionWatchProps & { readonly onUnlocked: () => void }) {
  const { sessionId, accountId, email, timeouts, formToken, onUnlocked, children } = props
  const content = useRef<HTMLDivElement>(null)
  const { watch, view } = useWatch({ sessionId, accountId }, timeouts, content, onUnlocked)
  const offline = useOffline()
  useEffect(() => {
    if (view.alarm) void loadPanel().catch(() => {})
  }, [view.alarm])
  if (view.lock) return <Locked lock={view.lock} email={email} watch={watch} />
  return (
    <>
      <div
        ref={content}
        className={view.hidden ? 'invisible contents' : 'contents'}
        inert={view.hidden}
        data-offline={offline || undefined}
      >
        {children}
      </div>
      <Connection hidden={view.hidden} onRetry={() => void watch.verify()} />
      {view.alarm && <Alarm key={view.alarm} view={view} watch={watch} formToken={formToken} />}
    </>
  )
}

/** Its code comes when it is first needed, or when a warning opens. Where it cannot come, plain words do. */
const loadPanel = () => import('./lock-panel.tsx').then(({ LockPanel }) => ({ default: LockPanel }))
const LockPanel = lazy(() => loadPanel().catch(() => ({ default: EndedPage })))

function Locked({ lock, email, watch }: { lock: Lock; email: string; watch: Watch }) {
  useEffect(() => {
    const before = document.title
    document.title = 'Signed out · Signet'
    // What the page was first drawn from stands in it a second time.
    for (const script of document.querySelectorAll('script:not([src])')) script.remove()
    return () => {
      document.title = before
    }
  }, [])
  if (lock.returning) return <EndedPage lock={lock} />
  return (
    <Suspense fallback={<EndedPage lock={lock} />}>
      <LockPanel lock={lock} email={email} onSignedIn={(found) => watch.signedIn(found)} />
    </Suspense>
  )
}
