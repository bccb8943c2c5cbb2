import { connection } from 'next/server'
import type { ReactNode } from 'react'

/** An app with nothing in it: what its pages load is what Next and React bring. */
export default async function Layout({ children }: { readonly children: ReactNode }) {
  await connection()
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
