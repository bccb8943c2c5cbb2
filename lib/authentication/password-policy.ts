import 'server-only'
import { dictionary } from '@zxcvbn-ts/language-common'
import type { PasswordProblem } from './password-advice.ts'
import { type Person, weakness } from './password-rules.ts'

/**
 * The passwords that attackers try first: some 49 thousand from published breaches, in lower case.
 * @see NIST SP 800-63B-4 §3.1.1.2; ASVS v5.0.0-6.2.4, v5.0.0-6.2.12
 */
let list: ReadonlySet<string> | undefined

function listed(folded: string): boolean {
  list ??= new Set(dictionary['passwords-common'] as string[])
  return list.has(folded)
}

/** The decision about a new password; null when it is accepted. */
export function passwordProblem(password: string, person: Person): PasswordProblem | null {
  return weakness(password, person, listed)
}
