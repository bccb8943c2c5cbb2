/** Addresses: one form for comparing, one answer for what is none. Pure. */
import { z } from 'zod'

/** RFC 5321 §4.5.3.1.3: a path of 256 octets, less its angle brackets. */
const LONGEST = 254

/** NFC, lower case, without space around it: the form that is stored, looked up and counted. */
export function normaliseEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase()
}

const address = z.email()

/** The address in its stored form, or a sentence that says what to do. */
export function parseEmail(text: string): { readonly email: string } | { readonly problem: string } {
  const email = normaliseEmail(text)
  if (email === '') return { problem: 'Enter your email address.' }
  // Length first: no pattern is ever run on a book.
  if (email.length > LONGEST) return { problem: `Use an email address of at most ${LONGEST} characters.` }
  if (!address.safeParse(email).success) {
    return { problem: 'Enter an email address in the form name@example.org.' }
  }
  return { email }
}
