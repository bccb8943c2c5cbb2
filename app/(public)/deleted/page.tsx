import type { Metadata } from 'next'
import { MessagePage } from '#ui/message-page.tsx'

export const metadata: Metadata = { title: 'Account deleted' }

/** Where somebody arrives who has just deleted their account. It says nothing that was not known. */
export default function DeletedPage() {
  return (
    <MessagePage title="Your account is deleted">
      Every session has ended, and nothing opens the account any more. You can make a new one at any time.
    </MessagePage>
  )
}
