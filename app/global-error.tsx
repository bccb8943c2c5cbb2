'use client'
import { FailurePage } from '#ui/failure-page.tsx'
import './globals.css'

/** Stands in for the root layout when that is what failed. */
export default function GlobalError({ error }: { readonly error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · Signet</title>
        <FailurePage reference={error.digest} />
      </body>
    </html>
  )
}
