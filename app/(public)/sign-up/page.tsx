import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { SignUpForm } from '#ui/sign-up-form.tsx'
import { signUpAction } from './actions.ts'

export const metadata: Metadata = { title: 'Create account' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function SignUpPage({ searchParams }: Props) {
  const { returnTo } = await searchParams
  const back = returnPath(typeof returnTo === 'string' ? returnTo : null)
  const context = requestContext(await headers())
  return (
    <AuthLayout
      title="Create account"
      footer={
        <p>
          Have an account? <a href={`/sign-in?${new URLSearchParams({ returnTo: back })}`}>Sign in</a>
        </p>
      }
    >
      <SignUpForm action={signUpAction} formToken={formToken(context)} hidden={{ returnTo: back }} />
    </AuthLayout>
  )
}
