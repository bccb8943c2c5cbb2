import { Button, type ButtonVariant } from './button.tsx'

interface SignOutFormProps {
  readonly formToken: string
  readonly variant?: ButtonVariant
  /** What follows "Sign out" for those who hear the button without seeing what it belongs to. */
  readonly of?: string
}

/** Signs this browser out. A form of its own route, so that it works in any page and without scripts. */
export function SignOutForm({ formToken, variant = 'secondary', of }: SignOutFormProps) {
  return (
    <form method="post" action="/sign-out" className="flex">
      <input type="hidden" name="formToken" value={formToken} />
      <Button type="submit" variant={variant} wide>
        <span>
          Sign out
          {of && <span className="sr-only"> {of}</span>}
        </span>
      </Button>
    </form>
  )
}
