import type { Metadata } from 'next'
import { ButtonLink } from '#ui/button.tsx'
import { PublicHeader } from '#ui/header.tsx'
import { MessagePage } from '#ui/message-page.tsx'

export const metadata: Metadata = { title: 'Page not found' }

export default function NotFound() {
  return (
    <>
      <PublicHeader />
      <MessagePage title="There is no such page">
        <p>The address may be mistyped, or what was here is gone.</p>
        <ButtonLink href="/" variant="secondary">
          Go to the start
        </ButtonLink>
      </MessagePage>
    </>
  )
}
