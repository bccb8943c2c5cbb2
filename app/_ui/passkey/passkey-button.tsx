'use client'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { Button } from '../button.tsx'
import { useHydrated } from '../hydrated.ts'
import { Notice } from '../notice.tsx'
import type { Answered, PasskeyWish } from './ask.ts'

interface PasskeyButtonProps {
  readonly purpose: PasskeyWish['purpose']
  readonly attempt?: string | undefined
  readonly insisting?: boolean | undefined
  /** Also offers passkeys in the form's field for the address. */
  readonly autofill?: boolean
  readonly label: string
  /** What is told of a passkey that was right. */
  readonly onSignedIn: (answered: Extract<Answered, { outcome: 'signed-in' }>) => void
}

/** Absent without scripts, and where the browser knows no passkeys: nothing is offered that cannot be done. */
export function PasskeyButton(props: PasskeyButtonProps) {
  const hydrated = useHydrated()
  return hydrated && 'PublicKeyCredential' in window ? <Asking {...props} /> : null
}

const load = () => import('./ask.ts')

function Asking({ purpose, attempt, insisting, autofill = false, label, onSignedIn }: PasskeyButtonProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [asking, setAsking] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const offer = useRef<AbortController>(null)
  const hear = (answered: Answered) => {
    if (answered.outcome === 'signed-in') onSignedIn(answered)
    else if (answered.outcome === 'limit') location.assign('/sign-in/limit')
    else setProblem(sentence(answered))
  }
  const heard = useLatest(hear)
  useEffect(() => {
    if (!autofill) return
    const over = new AbortController()
    offer.current = over
    void load()
      .then(({ offerPasskeys }) => offerPasskeys({ wish: () => ({ purpose, ...choices(place) }), signal: over.signal }))
      .then((answered) => heard.current(answered))
      // Nobody asked for it, so nobody is told that it cannot be had.
      .catch(() => {})
    return () => over.abort()
  }, [autofill, purpose, heard])
  const press = async () => {
    offer.current?.abort()
    setAsking(true)
    setProblem(null)
    await load()
      .then(({ askPasskey }) => askPasskey({ purpose, attempt, insisting, ...choices(place) }))
      .then(hear)
      .catch(() => setProblem('Signet could not be reached. Check your connection, then try again.'))
    setAsking(false)
  }
  return (
    <div ref={place} className="space-y-4">
      {problem && (
        <Notice role="alert" tone="danger">
          {problem}
        </Notice>
      )}
      <Button variant="secondary" wide aria-disabled={asking || undefined} onClick={() => asking || void press()}>
        {label}
      </Button>
    </div>
  )
}

function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return latest
}

/** `Keep me signed in` of the form next to it, as it is when the passkey answers. */
function choices({ current }: RefObject<HTMLElement | null>): Pick<PasskeyWish, 'remember'> {
  const box = current?.parentElement?.querySelector<HTMLInputElement>('input[name="remember"]')
  return box ? { remember: box.checked } : {}
}

function sentence(answered: Exclude<Answered, { outcome: 'signed-in' | 'limit' }>): string | null {
  if (answered.outcome === 'dropped') return null
  if (answered.status === 429) return throttledSentence(answered.retryAfter)
  return answered.status === 401
    ? 'That passkey does not open an account here. Try another one, or your password.'
    : 'Signet cannot sign you in at the moment. Try again in a few seconds.'
}
