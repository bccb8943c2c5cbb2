import type { ComponentProps, ReactNode } from 'react'

type CheckboxProps = Omit<ComponentProps<'input'>, 'className' | 'type'> & {
  readonly name: string
  readonly label: string
  readonly hint?: ReactNode
}

export function Checkbox({ label, hint, id: ownId, ...input }: CheckboxProps) {
  const id = ownId ?? input.name
  return (
    <div>
      <label htmlFor={id} className="flex min-h-11 items-center gap-3 text-sm font-medium">
        <input
          {...input}
          id={id}
          type="checkbox"
          className="size-5 shrink-0 accent-accent"
          aria-describedby={hint ? `${id}-hint` : undefined}
        />
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="-mt-1.5 ms-8 text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}
