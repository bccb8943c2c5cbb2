import 'server-only'
import { hash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose'
import * as z from 'zod'
import { settings } from '#lib/config.ts'
import { store } from '#lib/store.ts'
import { MINUTE, secondsBetween } from '#lib/time.ts'
import { DPOP_ALGORITHMS } from './challenge.ts'

/**
 * DPoP: whoever uses a bound token shows, for this very request, that they hold its key. RFC 9449 §4.3, §7.
 * @see ASVS v5.0.0-10.3.5
 */
const LONGEST = 4096
/** How far the proof's clock may be from ours. Seconds. */
const WINDOW = MINUTE

const Header = z.strictObject({ typ: z.literal('dpop+jwt'), alg: z.enum(DPOP_ALGORITHMS), jwk: z.looseObject({}) })
const Claims = z.object({
  jti: z.string().min(1).max(256),
  htm: z.string(),
  htu: z.string(),
  iat: z.int().positive(),
  ath: z.string(),
})

/** What a proof has to match. */
export interface Possession {
  readonly method: string
  /** The path of the request; the origin is the configured one, whatever the request says of its host. */
  readonly path: string
  readonly token: string
  /** The thumbprint that the token names. */
  readonly jkt: string
  readonly now: Date
}

/** True once for a proof: it is used up by this. */
export async function provesPossession(proof: string | null, of: Possession): Promise<boolean> {
  if (proof === null || proof.length > LONGEST) return false
  const shown = await verified(proof)
  if (shown?.jkt !== of.jkt || !isFor(shown.claims, of)) return false
  const { jti, iat } = shown.claims
  const at = new Date(iat * 1000)
  if (Math.max(secondsBetween(at, of.now), secondsBetween(of.now, at)) > WINDOW) return false
  return store().artifacts.once(`dpop:${of.jkt}`, hash('sha256', jti, 'base64url'), 2 * WINDOW + MINUTE)
}

async function verified(proof: string): Promise<{ jkt: string; claims: z.output<typeof Claims> } | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { algorithms: [...DPOP_ALGORITHMS] })
    const [header, claims] = [Header.safeParse(protectedHeader), Claims.safeParse(payload)]
    if (!header.success || !claims.success) return null
    return { jkt: await calculateJwkThumbprint(header.data.jwk as JWK), claims: claims.data }
  } catch {
    return null
  }
}

function isFor({ htm, htu, ath }: z.output<typeof Claims>, { method, path, token }: Possession): boolean {
  if (htm !== method || ath !== hash('sha256', token, 'base64url') || !URL.canParse(htu)) return false
  const { origin, pathname } = new URL(htu)
  return origin === settings().origin && pathname === path
}
