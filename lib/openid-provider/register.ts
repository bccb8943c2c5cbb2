import 'server-only'
import type { Registrar, Store } from '#db/contract.ts'
import { randomId, randomSecret } from '#lib/random.ts'
import { digestOf } from '#lib/session/token.ts'
import { needsSecret, type Registration, type Wanted } from './registration.ts'

export interface Registered {
  readonly id: string
  /** Told this once: only its digest is kept. Null for one that has keys of its own, and for a public client. */
  readonly secret: string | null
}

/** Makes an application known, under a new id. @see ASVS v5.0.0-11.4.2: what has 256 bits needs no slow hash */
export async function register(
  { clients }: Pick<Store, 'clients'>,
  by: Registrar,
  registration: Registration,
  wanted: Pick<Wanted, 'confidential'>,
): Promise<Registered | 'session-over'> {
  const id = randomId()
  const secret = needsSecret(registration, wanted) ? randomSecret().toString('base64url') : null
  const secretDigest = secret === null ? null : digestOf(Buffer.from(secret))
  const added = await clients.add(by, { ...registration, id, secretDigest })
  if (added === 'id-taken') throw new Error('an identifier was made twice')
  return added === 'added' ? { id, secret } : added
}
