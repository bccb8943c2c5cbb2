import 'server-only'
import { notFound } from 'next/navigation'
import type { ActingProof } from '#lib/administration/acts.ts'
import { administratorProof } from '#lib/session/administrator.ts'
import { requireAdministrator } from '#lib/session/require-administrator.ts'
import type { FormState } from '#ui/form-state.ts'
import { earn } from '../earn.ts'

/**
 * The first line of every act of an administrator: the role, and a fresh proof of who they are. Somebody who is none is
 * asked for nothing: to them there is no such act.
 */
export async function earnAdministrator(
  data: FormData,
  form: Parameters<typeof earn>[2],
): Promise<ActingProof | FormState> {
  await requireAdministrator()
  const earned = await earn('recent', data, form)
  if ('status' in earned) return earned
  // Read again: showing who one is takes its time.
  return (await administratorProof(earned)) ?? notFound()
}
