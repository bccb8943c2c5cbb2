import 'server-only'
import type { Pending } from '#db/contract.ts'
import { browserSecrets, keepBrowserSecret } from '#lib/authentication/browser-secret.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import { digestOf } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'
import { REQUEST_LIFETIME } from './lifetimes.ts'

/**
 * What an application has asked of this browser and what a person has yet to answer: a request for access, or to sign out.
 * It is a half-state like the others, tied to the browser by `__Host-sign-in`: its id stands in addresses, and is worth
 * nothing anywhere else, so nobody's request can be answered by somebody else, nor an answer be picked up.
 */
export interface Flow {
  readonly id: string
  /** When the application's request first reached us, by the database's clock. */
  readonly began: Date
  readonly detail: Readonly<Record<string, string>>
}

interface NewFlow {
  readonly id: string
  /** Null when it begins now. */
  readonly began: Date | null
  readonly detail?: Readonly<Record<string, string>>
}

export async function beginFlow({ id, began, detail }: NewFlow, cookieHeader: string | null): Promise<Cookie> {
  const { secret, cookie } = await keepBrowserSecret(cookieHeader)
  await store().pending.begin(
    {
      id,
      kind: 'application',
      secretDigest: digestOf(secret),
      userId: null,
      sessionId: null,
      securityVersion: 0,
      detail: { ...detail, ...(began && { began: String(began.getTime()) }) },
      lifetime: REQUEST_LIFETIME,
    },
    null,
  )
  return cookie
}

/** Only in the browser in which it began. */
export async function findFlow(cookieHeader: string | null, id: string): Promise<Flow | null> {
  for (const secret of await browserSecrets(cookieHeader)) {
    const found = await store().pending.find('application', digestOf(secret), id)
    if (found) return read(found)
  }
  return null
}

function read({ id, createdAt, detail }: Pending): Flow {
  return { id, detail, began: detail.began ? new Date(Number(detail.began)) : createdAt }
}
