import 'server-only'
import { randomId } from '#lib/random.ts'
import { store } from '#lib/store.ts'
import { MINUTE } from '#lib/time.ts'
import { adapterFor } from './adapter.ts'
import { artifactDigest, openPayload } from './sealed-payload.ts'

/**
 * A form from another site comes without our cookies, so it is sent once more as a visit, which has them. It waits here
 * meanwhile, sealed, and the visit has its id alone: forms are sent so that what is in them (`id_token_hint`) stands in no
 * address, and so in no history and no log. Whoever has the id can do no more than send such a form.
 */
const KIND = 'PostedForm'
const LIFETIME = MINUTE
/** Bytes. */
export const LARGEST_FORM = 8 * 1024

/** The parameter of the visit. */
export const POSTED = 'posted_form'

export async function keepForm(form: string): Promise<string> {
  const id = randomId()
  await adapterFor(KIND).upsert(id, { form }, LIFETIME)
  return id
}

/** Once. Null when there is none, or not any more. */
export async function takeForm(id: string): Promise<string | null> {
  const place = { kind: KIND, digest: artifactDigest(id) }
  const row = await store().artifacts.find(KIND, place.digest)
  if (!row || (await store().artifacts.spend(KIND, place.digest, 0)) !== 'spent') return null
  await store().artifacts.remove(KIND, place.digest)
  return String(openPayload(row.sealed, place)?.form ?? '')
}
