import 'server-only'
import { hash } from 'node:crypto'
import { openText, sealText } from '#lib/keys/sealed-text.ts'

/**
 * What belongs to a code or token, sealed for the database. Kind and digest are authenticated with it, so a payload that
 * was moved to another row, or to another kind, opens nothing. None is good for longer than a key of the ring opens.
 * @see ASVS v5.0.0-11.2.2, 13.3.1; docs/decisions/0033
 */
const PURPOSE = 'artifact.1'

/** Where a payload belongs. */
interface Place {
  readonly kind: string
  readonly digest: Buffer
}

/** Under what a value is kept. */
export function artifactDigest(value: string): Buffer {
  return hash('sha256', value, 'buffer')
}

export function sealPayload(payload: object, place: Place): string {
  return sealText(JSON.stringify(payload), boundTo(place))
}

/** Null when it belongs elsewhere, was tampered with, or its key has left the ring. */
export function openPayload(sealed: string, place: Place): Record<string, unknown> | null {
  const text = openText(sealed, boundTo(place))
  return text === null ? null : JSON.parse(text)
}

function boundTo({ kind, digest }: Place) {
  return { purpose: PURPOSE, of: JSON.stringify([kind, digest.toString('base64url')]) }
}
