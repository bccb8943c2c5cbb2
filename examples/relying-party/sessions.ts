import { randomBytes } from 'node:crypto'
import type { Tokens, Transaction } from './provider.ts'

/** What this app keeps of a browser: on its way to the provider, or signed in. */
export interface Session {
  transaction?: Transaction
  tokens?: Tokens
}

const COOKIE = 'example'

/** Sessions in memory, by a random id in a cookie. A real app keeps them in its database, by the id's digest. */
export class Sessions {
  private readonly all = new Map<string, Session>()

  of(cookieHeader = ''): Session | undefined {
    const id = cookieHeader.match(new RegExp(`(?:^|; )${COOKIE}=([\\w-]{43})(?:;|$)`))?.[1]
    return id === undefined ? undefined : this.all.get(id)
  }

  /** A new one under a new id: whoever signs in gets one that nobody knew before. @returns the `Set-Cookie` */
  begin(session: Session, former?: Session): string {
    if (former) this.end(former)
    const id = randomBytes(32).toString('base64url')
    this.all.set(id, session)
    // Lax: the answer of the provider comes by a link from another site.
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`
  }

  end(session: Session): void {
    for (const [id, each] of this.all) if (each === session) this.all.delete(id)
  }

  /** Those of one session at the provider, or of all sessions of a person there. */
  endAt({ sid, sub }: { sid?: unknown; sub?: unknown }): void {
    for (const [id, { tokens }] of this.all) {
      const claims = tokens?.claims()
      if (claims && (sid === undefined ? claims.sub === sub : claims.sid === sid)) this.all.delete(id)
    }
  }
}
