'use client'
import type { ComponentProps } from 'react'
import type { Asked } from '#lib/authentication/asked.ts'
import { Checkbox } from './checkbox.tsx'
import { Disclosure } from './disclosure.tsx'
import { described, Field, FieldFrame, type FieldText, INPUT_CLASS } from './field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import type { FormState } from './form-state.ts'
import { Notice } from './notice.tsx'
import { StepUpFields } from './step-up-fields.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

interface ClientFormProps extends FormProps {
  readonly asked: Asked
  /** What it may ask for, unless somebody says otherwise. */
  readonly scope: string
}

/** Registers an application, and shows what it has to be told, this once. */
export function ClientForm({ action, formToken, asked, scope }: ClientFormProps) {
  const { state, form, send } = useForm(action)
  if (state.status === 'done' && state.values?.id) return <Credentials state={state} id={state.values.id} />
  return (
    <Disclosure label="Add an application" open={state.status !== 'idle'}>
      <form ref={form} action={send} noValidate className="space-y-5">
        <HiddenInputs formToken={formToken} hidden={{ act: 'client-added' }} />
        <FormMessage state={state} />
        <ClientFields state={state} scope={scope} />
        <StepUpFields asked={asked} state={state} id="client" />
        <SubmitButton>Add application</SubmitButton>
      </form>
    </Disclosure>
  )
}

function ClientFields({ state, scope }: { readonly state: FormState; readonly scope: string }) {
  const { values, fields } = state
  const field = (name: string) => ({ name, defaultValue: values?.[name] ?? '', error: fields?.[name] })
  return (
    <>
      <Field {...field('name')} label="Name" hint="People will know it by this." autoComplete="off" />
      <Lines
        {...field('redirectUris')}
        label="Redirect addresses"
        hint="One a line. People come back to these and to no other, character by character."
      />
      <Lines
        {...field('postLogoutRedirectUris')}
        label="Addresses after signing out"
        hint="One a line; may be empty."
      />
      <Field
        {...field('backchannelLogoutUri')}
        label="Back-channel logout address"
        hint="Where it wants to be told that a session has ended; may be empty."
        inputMode="url"
        autoComplete="off"
      />
      <Field
        {...field('scope')}
        defaultValue={values?.scope ?? scope}
        label="Scope"
        hint="The most that it may ask for."
        autoComplete="off"
      />
      <Lines
        {...field('publicKeys')}
        label="Public keys"
        hint="A JWK or JWK Set of an application on a server: it proves itself by its key and has no secret. May be empty."
        autoComplete="off"
      />
      <Checkbox
        name="confidential"
        label="It runs on a server, and can keep a secret"
        defaultChecked={values?.confidential === 'on'}
      />
      <Checkbox
        name="device"
        label="It may ask on a device without a browser"
        defaultChecked={values?.device === 'on'}
      />
    </>
  )
}

function Credentials({ state, id }: { readonly state: FormState; readonly id: string }) {
  const { secret, keys } = state.values ?? {}
  return (
    <div className="space-y-4">
      <Notice tone="success">{state.message}</Notice>
      <p className="text-sm">
        {secret ? (
          <>
            The secret is shown <strong>this once</strong>. Put it where the application reads it, and nowhere else.
          </>
        ) : keys ? (
          'It has no secret: it signs with its own key, which never leaves it.'
        ) : (
          'It has no secret: it proves itself each time anew.'
        )}
      </p>
      <dl className="space-y-3 rounded-md bg-sunken p-4 text-sm">
        <Told term="Client ID" value={id} />
        {secret && <Told term="Client secret" value={secret} />}
      </dl>
      <p className="text-sm">
        <a href="/admin/clients">Add another one</a>
      </p>
    </div>
  )
}

function Told({ term, value }: { readonly term: string; readonly value: string }) {
  return (
    <div>
      <dt className="text-muted">{term}</dt>
      <dd className="font-mono wrap-anywhere">{value}</dd>
    </div>
  )
}

type LinesProps = FieldText & Omit<ComponentProps<'textarea'>, 'className'> & { readonly name: string }

/** Several lines of text. */
function Lines({ label, hint, error, name, ...input }: LinesProps) {
  return (
    <FieldFrame id={name} label={label} hint={hint} error={error}>
      <textarea
        rows={3}
        spellCheck={false}
        autoCapitalize="none"
        {...input}
        name={name}
        id={name}
        className={INPUT_CLASS}
        {...described(name, { label, hint, error })}
      />
    </FieldFrame>
  )
}
