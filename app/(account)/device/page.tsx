import type { Metadata } from 'next'
import { formToken } from '#lib/http/form-token.ts'
import { requireSession } from '#lib/session/require.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { DeviceCodeForm } from '#ui/device-code-form.tsx'
import { findDeviceAction } from './actions.ts'

export const metadata: Metadata = { title: 'Connect a device' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** For devices without a browser of their own. A code in the address fills the field in, and does nothing else. */
export default async function DevicePage({ searchParams }: Props) {
  const proof = await requireSession()
  const { user_code: code } = await searchParams
  return (
    <AuthLayout
      title="Connect a device"
      lead="A device or a program without a browser shows you a code. Type it here, and see what it asks for before anything is allowed."
    >
      <DeviceCodeForm
        action={findDeviceAction}
        formToken={formToken(proof)}
        code={typeof code === 'string' && /^[A-Za-z -]{1,16}$/.test(code) ? code : ''}
      />
    </AuthLayout>
  )
}
