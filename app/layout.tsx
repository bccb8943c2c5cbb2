import type { Metadata, Viewport } from 'next'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { settings } from '#lib/config.ts'
import '@fontsource-variable/inter'
import './globals.css'

const DESCRIPTION =
  'Web sessions done right, to read and to try: a sealed cookie, a database row that decides, and a page that shows where you are signed in.'

export function generateMetadata(): Metadata {
  return {
    metadataBase: new URL(settings().origin),
    title: { default: 'Signet: see every session, end any of them', template: '%s · Signet' },
    description: DESCRIPTION,
    applicationName: 'Signet',
    openGraph: { type: 'website', siteName: 'Signet', title: 'Signet', description: DESCRIPTION },
    twitter: { card: 'summary_large_image' },
    // An address or a number in a device's details is not a telephone number.
    formatDetection: { telephone: false, email: false, address: false },
  }
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f6f3' },
    { media: '(prefers-color-scheme: dark)', color: '#0d1317' },
  ],
}

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  // The policy's nonce is new in every answer, so no page can be made at build time.
  await connection()
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
