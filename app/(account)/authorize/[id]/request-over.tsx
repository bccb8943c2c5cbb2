import { PROBLEMS } from '#lib/openid-provider/problems.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { Notice } from '#ui/notice.tsx'

/** Answered, late, somebody else's or made up: all of these are told the same. */
export function RequestOver() {
  return (
    <AuthLayout title="This request is over" footer={<a href="/account/sessions">Active sessions</a>}>
      <div className="space-y-6">
        <Notice tone="warning" role="none">
          {PROBLEMS.over}
        </Notice>
        <p className="text-sm text-muted">Go back to the application and start again from there.</p>
      </div>
    </AuthLayout>
  )
}
