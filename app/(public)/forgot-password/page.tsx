import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { formToken } from '#lib/http/form-token.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { AuthLayout } from '#ui/auth-layout.tsx'
import { ForgotPasswordForm } from '#ui/forgot-password-form.tsx'
import { askForResetAction } from './actions.ts'

export const metadata: Metadata = { title: 'Forgot your password?' }

export default async function ForgotPasswordPage() {
  const context = requestContext(await headers())
  return (
    <AuthLayout
      title="Forgot your password?"
      lead="Enter the address of your account. You get a link for choosing a new password."
      footer={
        <p>
          You know it after all? <a href="/sign-in">Sign in</a>
        </p>
      }
    >
      <ForgotPasswordForm action={askForResetAction} formToken={formToken(context)} />
    </AuthLayout>
  )
}
