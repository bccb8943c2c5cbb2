import type { Metadata } from 'next'
import { PROBLEMS, parseProblem } from '#lib/openid-provider/problems.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { Notice } from '#ui/notice.tsx'

export const metadata: Metadata = { title: 'This request cannot be answered' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** The end of a request that must not be answered to where it came from. */
export default async function RequestProblemPage({ searchParams }: Props) {
  const because = parseProblem((await searchParams).because)
  return (
    <AuthLayout title="This request cannot be answered" footer={<a href="/">Go to the start</a>}>
      <div className="space-y-6">
        <Notice tone="warning" role="none">
          {PROBLEMS[because]}
        </Notice>
        <p className="text-sm text-muted">
          Nothing has been allowed, and nothing was sent anywhere. Go back to the application and start again from
          there; if it stays so, whoever runs it can find out why.
        </p>
      </div>
    </AuthLayout>
  )
}
