import { Checkbox } from '../checkbox.tsx'

/** Ticked from the start: whoever should not have been signed in is out, unless the person knows better. */
export function EndOthers({ id, unticked = false }: { readonly id: string; readonly unticked?: boolean }) {
  return (
    <Checkbox
      id={`${id}-end-others`}
      name="endOthers"
      label="Sign out other sessions"
      hint="You stay signed in here."
      defaultChecked={!unticked}
    />
  )
}
