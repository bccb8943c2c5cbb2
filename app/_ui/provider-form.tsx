import { Button, type ButtonVariant } from './button.tsx'

interface ProviderFormProps {
  /** Its path: what the button does there. */
  readonly path: `/api/federation/${string}/${'start' | 'sign-out'}`
  readonly formToken: string
  readonly hidden?: Readonly<Record<string, string>>
  readonly variant?: ButtonVariant
  readonly children: string
}

/** A button that leads to another provider: a plain form, so that it works without scripts and nothing leads there by itself. */
export function ProviderForm({ path, formToken, hidden = {}, variant = 'secondary', children }: ProviderFormProps) {
  return (
    <form method="post" action={path}>
      <input type="hidden" name="formToken" value={formToken} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button type="submit" variant={variant} wide>
        {children}
      </Button>
    </form>
  )
}
