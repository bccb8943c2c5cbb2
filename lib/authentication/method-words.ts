/** How somebody showed who they are, in words. Pure; the stored names are those of RFC 8176. */
const WORDS: Readonly<Record<string, string>> = {
  pwd: 'password',
  otp: 'authenticator code',
  hwk: 'passkey',
  swk: 'passkey',
  fed: 'another provider',
  mfa: 'two factors there',
}

/** "password" for `pwd`; a name that is not known is said to be one. */
export function methodWords(method: string): string {
  return Object.hasOwn(WORDS, method) ? (WORDS[method] ?? '') : 'an unknown method'
}
