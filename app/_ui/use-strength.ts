'use client'
import { type RefObject, useEffect, useState } from 'react'
import type { Strength } from '#lib/authentication/strength.ts'

type Judge = Awaited<ReturnType<typeof import('#lib/authentication/strength.ts').loadStrength>>

/** Milliseconds without a key: the estimate is not free, and a word that flickers helps nobody. */
const PAUSE = 250

let judge: Promise<Judge> | undefined

/** The judge and its lists are large: they come when somebody first types a password, and without them there is no hint. */
function loadJudge(): Promise<Judge> {
  judge ??= import('#lib/authentication/strength.ts').then(({ loadStrength }) => loadStrength())
  return judge
}

/** How good the password is that is being typed into this form, whose `name` and `email` it should not resemble. */
export function useStrength(form: RefObject<HTMLFormElement | null>, password: string): Strength | undefined {
  const [strength, setStrength] = useState<Strength>()
  useEffect(() => {
    if (!password) return setStrength(undefined)
    let stale = false
    const timer = setTimeout(async () => {
      const judged = await loadJudge().catch(() => undefined)
      if (judged && !stale) setStrength(judged(password, personIn(form.current)))
    }, PAUSE)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [form, password])
  return strength
}

function personIn(form: HTMLFormElement | null) {
  const data = form ? new FormData(form) : new FormData()
  return { name: String(data.get('name') ?? ''), email: String(data.get('email') ?? '') }
}
