'use client'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { described, FieldFrame, type FieldText, INPUT_CLASS } from './field.tsx'
import { useHydrated } from './hydrated.ts'

interface PasswordFieldProps extends FieldText {
  readonly name: string
  /** The field's name, unless the page has it twice. */
  readonly id?: string
  readonly autoComplete: 'current-password' | 'new-password'
  readonly required?: boolean
  readonly onValue?: (value: string) => void
  /** Below the input: how good it is so far. */
  readonly children?: ReactNode
}

/** A plain password input; scripts add a way to see what was typed and a word about Caps Lock. Paste is welcome. */
export function PasswordField({
  name,
  id = name,
  onValue,
  children,
  required = true,
  autoComplete,
  ...text
}: PasswordFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  const [shown, setShown] = useState(false)
  const [capsLock, setCapsLock] = useState(false)
  const noteCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState?.('CapsLock') ?? false)
  useHiddenAgainOnSubmit(input, setShown)
  return (
    <FieldFrame id={id} {...text} below={children}>
      <div className="relative">
        <input
          ref={input}
          id={id}
          name={name}
          type={shown ? 'text' : 'password'}
          className={`${INPUT_CLASS} pe-20`}
          autoComplete={autoComplete}
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          required={required}
          onKeyDown={noteCapsLock}
          onKeyUp={noteCapsLock}
          onBlur={() => setCapsLock(false)}
          onChange={(event) => onValue?.(event.target.value)}
          {...described(id, text)}
        />
        {useHydrated() && <Reveal controls={id} shown={shown} onToggle={() => setShown(!shown)} />}
      </div>
      <p aria-live="polite" className="text-sm font-medium text-warning">
        {capsLock && <span className="mt-2 block">Caps Lock is on.</span>}
      </p>
    </FieldFrame>
  )
}

function Reveal({ controls, shown, onToggle }: { controls: string; shown: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      aria-controls={controls}
      aria-pressed={shown}
      onClick={onToggle}
      className="absolute inset-y-0 end-0 min-w-16 cursor-pointer rounded-md px-3 text-sm font-semibold text-accent"
    >
      {shown ? 'Hide' : 'Show'}
      <span className="sr-only"> what I type</span>
    </button>
  )
}

/** A browser offers to keep a password, and does not remember it as ordinary text, only if it is sent hidden. */
function useHiddenAgainOnSubmit(input: { current: HTMLInputElement | null }, setShown: (shown: boolean) => void) {
  useEffect(() => {
    const form = input.current?.form
    const hide = () => setShown(false)
    form?.addEventListener('submit', hide)
    return () => form?.removeEventListener('submit', hide)
  }, [input, setShown])
}
