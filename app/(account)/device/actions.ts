'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import { isOwnForm, setCookies, staleForm, text } from '#lib/http/form.ts'
import { findDevice } from '#lib/openid-provider/device.ts'
import { requireSession } from '#lib/session/require.ts'
import type { FormState } from '#ui/form-state.ts'

const UNKNOWN =
  'No device waits with this code. Codes are good for ten minutes and for one use: see whether it shows another.'

/** Finds the request that a device waits with; the next page says what it is. */
export async function findDeviceAction(_: FormState, data: FormData): Promise<FormState> {
  const proof = await requireSession()
  const values = { code: text(data, 'code') }
  if (!isOwnForm(data, proof)) return { status: 'refused', message: await staleForm(), values }
  const found = await findDevice(values.code, proof, (await headers()).get('cookie'))
  switch (found.outcome) {
    case 'unknown':
      return { status: 'invalid', fields: { code: UNKNOWN }, values }
    case 'throttled':
      return { status: 'refused', message: throttledSentence(found.retryAfter), values }
    case 'found':
      await setCookies([found.cookie])
      redirect(`/authorize/${found.id}`)
  }
}
