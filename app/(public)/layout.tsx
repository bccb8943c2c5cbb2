import type { ReactNode } from 'react'
import { PublicHeader } from '#ui/header.tsx'

export default function PublicLayout({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <PublicHeader />
      {children}
    </>
  )
}
