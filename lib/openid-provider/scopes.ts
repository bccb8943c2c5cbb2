/**
 * What an application may ask for: one table, for the protocol, for the person who is asked, and for the list of linked
 * apps. Pure.
 * @see OpenID Connect Core §5.4, RFC 6749 §3.3; ASVS v5.0.0-10.4.11 only what is needed
 */
const IDENTITY = {
  openid: 'Know that it is you, by a number that is yours alone',
  profile: 'See your name',
  email: 'See your email address',
  offline_access: 'Keep this access when you are signed out',
} as const

const API = {
  'sessions:read': 'See where you are signed in: devices, places and times',
  'sessions:end': 'Sign out the session in which you link it',
} as const

export type Scope = keyof typeof IDENTITY | keyof typeof API

export const IDENTITY_SCOPES = Object.keys(IDENTITY) as readonly (keyof typeof IDENTITY)[]
/** They are for the API alone, and asked for with its resource indicator (RFC 8707). */
export const API_SCOPES = Object.keys(API) as readonly (keyof typeof API)[]

const WORDS: Readonly<Record<Scope, string>> = { ...IDENTITY, ...API }

/** What is granted in words, in the order of the table. */
export function scopeWords(scope: string): readonly string[] {
  return only(scope, Object.keys(WORDS)).map((each) => WORDS[each as Scope])
}

/** Those of a scope that are in `among`, in its order. */
export function only(scope: string, among: readonly string[]): readonly string[] {
  const asked = new Set(scope.split(' '))
  return among.filter((each) => asked.has(each))
}

/** Whether everything of `scope` is in `granted`. */
export function isWithin(scope: string, granted: string): boolean {
  const all = new Set(granted.split(' '))
  return scope.split(' ').every((each) => each === '' || all.has(each))
}
