/**
 * An act as one text, so that it can be compared: what is done, and all that was given for it. Pure; the browser and the
 * server make the same text, and the challenge for a passkey is bound to its SHA-256. @see docs/decisions/0037
 *
 * @param act `passkey-removed` and the like for a form, `DELETE /api/sessions/…` for the API
 * @param given the fields of the form, or the members of the body
 */
export function actText(act: string, given: Iterable<readonly [string, unknown]>): string {
  const parameters = [...given]
    .filter(([name]) => !NO_PARAMETER.has(name) && !name.startsWith('$'))
    .map(([name, value]) => [name, typeof value === 'string' ? lined(value) : JSON.stringify(value)])
    .sort(byText)
  return JSON.stringify([act, parameters])
}

/** A browser ends lines in another way once it sends them. @see HTML §4.10.21.8, normalising newlines */
function lined(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n')
}

/** What shows who acts, and what belongs to the page alone; what begins with `$` is the framework's. */
const NO_PARAMETER = new Set([
  'act',
  'code',
  'currentPassword',
  'dialog',
  'focusNext',
  'formToken',
  'label',
  'passkey',
  'password',
])

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
