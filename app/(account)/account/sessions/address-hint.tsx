/** How to see the whole address: the page itself needs no fresh proof, whole addresses do. */
export function AddressHint() {
  return <a href="/reauthenticate?returnTo=/account/sessions">Confirm it’s you to see the whole address</a>
}
