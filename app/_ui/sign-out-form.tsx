import { Button, type ButtonVariant } from './button.tsx'

/** Signs this browser out. A form of its own route, so that it works in any page and without scripts. */
export function SignOutForm({ formToken, variant = 'secondary' }: { formToken: string; variant?: ButtonVariant }) {
  return (
    <form method="post" action="/sign-out" className="flex">
      <input type="hidden" name="formToken" value={formToken} />
      <Button type="submit" variant={variant}>
        Sign out
      </Button>
    </form>
  )
}
