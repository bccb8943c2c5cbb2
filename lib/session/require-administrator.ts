import 'server-only'
import { notFound } from 'next/navigation'
import type { AdministratorProof } from '#db/contract.ts'
import { administratorProof } from './administrator.ts'
import { requireSession } from './require.ts'

/**
 * The first line of every page and action of administration. For everybody else there is no such page; `proxy.ts` has
 * shown them that already, with a body that needs no scripts.
 */
export async function requireAdministrator(): Promise<AdministratorProof> {
  const proof = await requireSession()
  return (await administratorProof(proof)) ?? notFound()
}

/** What the store showed an administrator; nothing of it to somebody who is none any more. */
export function shownToAdministrator<T>(found: T | 'not-administrator'): T {
  return found === 'not-administrator' ? notFound() : found
}
