'use client'
import { useRouter } from 'next/navigation'
import { type RefObject, useEffect, useRef, useState, useSyncExternalStore, useTransition } from 'react'
import type { Timeouts } from '#lib/session/timeouts.ts'
import { here, openTab } from './browser.ts'
import { forgetDrafts, restoreDrafts } from './drafts.ts'
import type { Identity, View } from './view.ts'
import type { Watch } from './watch.ts'

/** Another account starts from its own page, in an empty tab: nothing of the one before stays in its memory. */
const AFTER_ANOTHER_ACCOUNT = '/account/sessions'

/**
 * Watches over one session while its page is open. A new session needs a new component: give it the id as key.
 * @param onUnlocked the page has been drawn anew for the same session, which was locked: it needs a new component too
 */
export function useWatch(
  who: Identity,
  told: Timeouts,
  content: RefObject<HTMLElement | null>,
  onUnlocked: () => void,
): { watch: Watch; view: View } {
  const { sessionId, accountId } = who
  const redraw = useRedraw(onUnlocked)
  const comeBack = (same: boolean, sameSession: boolean) => (same ? redraw(sameSession) : leave())
  const [{ watch, start }] = useState(() => openTab(who, told, { content: () => content.current, comeBack }))
  const view = useSyncExternalStore(
    watch.subscribe,
    () => watch.view,
    () => watch.view,
  )
  useEffect(start, [start])
  // An action may have drawn the page anew, with newer limits.
  useEffect(() => watch.tell(told), [watch, told])
  const locked = view.lock !== null
  useEffect(() => {
    if (!locked && content.current) restoreDrafts({ sessionId, accountId, path: here() }, content.current)?.focus()
  }, [locked, content, sessionId, accountId])
  return { watch, view }
}

function leave(): void {
  forgetDrafts()
  location.replace(AFTER_ANOTHER_ACCOUNT)
}

/** Asks for the same page anew. Where that brings no new session after all, the page is loaded from the start. */
function useRedraw(onUnlocked: () => void): (sameSession: boolean) => void {
  const router = useRouter()
  const [drawing, draw] = useTransition()
  const began = useRef(false)
  const unlocked = useRef(false)
  useEffect(() => {
    if (began.current && !drawing) {
      if (unlocked.current) onUnlocked()
      else location.reload()
    }
    began.current = drawing
  }, [drawing, onUnlocked])
  return (sameSession) => {
    unlocked.current = sameSession
    draw(() => router.refresh())
  }
}
