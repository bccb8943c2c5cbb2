import { AuthLayout } from '#ui/auth-layout.tsx'
import { Notice } from '#ui/notice.tsx'

/** The device hears of it by itself; this window has nothing more to do. */
export function DeviceAnswered({ app, allowed }: { readonly app: string; readonly allowed: boolean }) {
  return (
    <AuthLayout
      title={allowed ? 'You can go back to your device' : 'Nothing was allowed'}
      footer={<a href="/account/sessions">Active sessions</a>}
    >
      {allowed ? (
        <Notice tone="success">{app} goes on there in a moment. You can close this page.</Notice>
      ) : (
        <Notice>{app} gets no access. You can close this page.</Notice>
      )}
    </AuthLayout>
  )
}
