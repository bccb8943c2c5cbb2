/** Below public pages. */
export function Footer() {
  return (
    <footer className="mx-auto w-full max-w-6xl px-4 py-6 text-xs text-muted sm:px-6">
      <p>Signet is free software under the MIT licence. No tracking, and nothing is loaded from anywhere else.</p>
    </footer>
  )
}
