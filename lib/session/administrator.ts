import 'server-only'
import type { AdministratorProof, MaybePromise, SessionProof } from '#db/contract.ts'
import { isAdministrator } from '#db/figures.ts'
import { then } from '#lib/maybe-promise.ts'
import { store } from '#lib/store.ts'

/**
 * The other maker of proofs: from a session's proof, one of an administrator. The row of the account says so, and it is
 * read each time: a role that was withdrawn opens nothing at the very next request.
 * @see ASVS v5.0.0-8.3.1
 */
export function administratorProof<P extends SessionProof>(proof: P): MaybePromise<(P & AdministratorProof) | null> {
  return then(store().users.find(proof.userId), (user) =>
    isAdministrator(user) ? (proof as P & AdministratorProof) : null,
  )
}
