/**
 * Text that was typed and not yet sent, while somebody has to sign in again. It is kept in the memory of this tab and
 * nowhere else, by account and path; another person who signs in here gets none of it. Secrets are never kept.
 */
import type { Identity } from './view.ts'

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

interface Draft {
  readonly key: string
  /** A text, whether it is ticked, or which options are chosen. */
  readonly value: string | boolean | readonly string[]
}

const kept = new Map<string, Draft[]>()

/** Fields that a person has touched; kept weakly, since they come and go. */
const touched = new WeakSet<EventTarget>()

/** Listens until told otherwise: what is touched is a draft even where the page itself follows each key. */
export function watchFields(root: Document): () => void {
  const touch = ({ target }: Event) => target && touched.add(target)
  root.addEventListener('input', touch, true)
  return () => root.removeEventListener('input', touch, true)
}

/** Where a text belongs: the account and the page, and which of the page's sessions is the one that shows it. */
export interface Place extends Identity {
  readonly path: string
}

export function keepDrafts(place: Place, root: ParentNode): void {
  const drafts = fieldsOf(root, place.sessionId).filter(({ field }) => touched.has(field) || isChanged(field))
  if (drafts.length > 0)
    kept.set(
      nameOf(place),
      drafts.map(({ key, field }) => ({ key, value: contentOf(field) })),
    )
}

/** Puts back what still has its field, and forgets it. @returns the first field that got its text back */
export function restoreDrafts(place: Place, root: ParentNode): HTMLElement | null {
  const drafts = kept.get(nameOf(place))
  if (!drafts) return null
  const fields = new Map(fieldsOf(root, place.sessionId).map(({ key, field }) => [key, field]))
  const restored = drafts.flatMap((draft) => {
    const field = fields.get(draft.key)
    if (!field) return []
    put(field, draft.value)
    return [field]
  })
  kept.delete(nameOf(place))
  return restored[0] ?? null
}

function nameOf({ accountId, path }: Place): string {
  return `${accountId} ${path}`
}

export function forgetDrafts(): void {
  kept.clear()
}

/** Each field under a name that it will have again after the page was drawn anew. */
function fieldsOf(root: ParentNode, sessionId: string): { key: string; field: Field }[] {
  const seen = new Map<string, number>()
  const fields = [...root.querySelectorAll<Field>('input, textarea, select')].filter((field) => !isSecret(field))
  return fields.map((field) => {
    const base = JSON.stringify([
      formName(field.form, sessionId),
      field.name || field.id,
      isTick(field) ? field.value : '',
    ])
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return { key: `${base}${count}`, field }
  })
}

/**
 * A form is told from its like by what it carries unseen: the session that it renames, for example. This session has
 * another id after signing in again, and is still "this one".
 */
function formName(form: HTMLFormElement | null, sessionId: string): string[] {
  if (!form) return []
  const hidden = [...form.querySelectorAll<HTMLInputElement>('input[type=hidden]')]
  const lasting = hidden.filter(({ name }) => name !== 'formToken' && !name.startsWith('$ACTION'))
  // The attribute: a field that is called `id` takes the property’s place.
  return [
    form.getAttribute('id') ?? '',
    ...lasting.map(({ name, value }) => `${name}=${value === sessionId ? 'this' : value}`),
  ]
}

const NEVER = /^(?:password|hidden|file|submit|button|reset|image)$/

/** A password that is being shown has the type of a text: its purpose tells it. */
function isSecret(field: Pick<Field, 'type' | 'name' | 'autocomplete' | 'closest'>): boolean {
  const { type, name, autocomplete } = field
  return (
    NEVER.test(type) ||
    /password|one-time-code|cc-/.test(autocomplete) ||
    /password/i.test(name) ||
    field.closest('[data-secret]') !== null
  )
}

function isTick(field: Field): field is HTMLInputElement {
  return field.type === 'checkbox' || field.type === 'radio'
}

function isChanged(field: Field): boolean {
  if (isTick(field)) return field.checked !== field.defaultChecked
  if (field instanceof HTMLSelectElement) return false
  return field.value !== field.defaultValue
}

function contentOf(field: Field): Draft['value'] {
  if (isTick(field)) return field.checked
  if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map(({ value }) => value)
  return field.value
}

/** As if it had been typed, so that whatever follows the field follows. */
function put(field: Field, value: Draft['value']): void {
  const details = field.closest('details')
  if (details) details.open = true
  if (typeof value === 'boolean') {
    if (isTick(field) && field.checked !== value) field.click()
    return
  }
  if (field instanceof HTMLSelectElement) {
    for (const option of field.options) option.selected = value.includes(option.value)
  } else if (typeof value === 'string') {
    // React replaces the element's own setter to notice changes; a change made past it is noticed by the event.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value)
  }
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new Event('change', { bubbles: true }))
}
