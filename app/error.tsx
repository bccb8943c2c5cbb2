'use client'
import { FailurePage } from '#ui/failure-page.tsx'

export default function ErrorPage({ error }: { readonly error: Error & { digest?: string } }) {
  return <FailurePage reference={error.digest} />
}
