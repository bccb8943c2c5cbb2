import 'server-only'
import { z } from 'zod'
import { readLimited } from './body.ts'
import { plainJson } from './plain-json.ts'
import type { ProblemCode } from './problem.ts'

/**
 * The one shape in which pages take a change: a form for a server action that keeps a state (`useActionState`), sent
 * either by a browser without scripts or by React. Next answers 500 to most of what is not so, and would hand an
 * action arguments that its types exclude.
 *
 * Without scripts: `$ACTION_REF_n`, `$ACTION_n:0` (which action), `$ACTION_n:1` (the state), `$ACTION_KEY`, and the
 * form's own fields. By React: the header `Next-Action`, the field `0` with `[state, "$Kn"]`, and the form's fields,
 * each behind `_n_`. Every field stands once (v5.0.0-15.3.7), and none is a file.
 * @see React: `decodeAction` and `decodeReply`, whose references (`$…`) are allowed nowhere else
 */
export async function formProblem(request: Request): Promise<ProblemCode | null> {
  if (request.method !== 'POST') return 'method_not_allowed'
  const body = await readLimited(request)
  if (!body) return 'too_large'
  const fields = await fieldsOf(body, request.headers.get('content-type') ?? '')
  const called = request.headers.get('next-action')
  const wellFormed = fields && (called === null ? isPlainForm(fields) : isCall(called, fields))
  return wellFormed ? null : 'invalid_input'
}

type Fields = ReadonlyMap<string, string>

/** The fields of a multipart form, each of them once and a text; null for everything else. */
async function fieldsOf(body: Buffer<ArrayBuffer>, type: string): Promise<Fields | null> {
  if (!/^multipart\/form-data;/i.test(type)) return null
  const data = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => null)
  const entries = [...(data ?? [])]
  const fields = new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  return data && fields.size === entries.length ? fields : null
}

/** A text in which React would look for a reference has its first `$` doubled. */
const text = z.string().regex(/^(?!\$(?!\$))/)
const texts = z.record(z.string(), text)
const State = z.strictObject({
  status: z.enum(['idle', 'invalid', 'refused', 'done']),
  message: text.optional(),
  fields: texts.optional(),
  values: texts.optional(),
})
const ACTION_ID = /^[0-9a-f]{42}$/
const Reference = z.strictObject({ id: z.string().regex(ACTION_ID), bound: z.literal('$@1') })
const Bound = z.tuple([State])
const Arguments = z.tuple([State, z.string().regex(/^\$K[0-9a-f]{1,4}$/)])

function isPlainForm(fields: Fields): boolean {
  const own = [...fields.keys()].filter((name) => name.startsWith('$'))
  const number = own.map((name) => /^\$ACTION_REF_(\d{1,3})$/.exec(name)?.[1]).find(Boolean)
  const known = [`$ACTION_REF_${number}`, `$ACTION_${number}:0`, `$ACTION_${number}:1`, '$ACTION_KEY']
  return (
    own.every((name) => known.includes(name)) &&
    is(Reference, fields.get(`$ACTION_${number}:0`)) &&
    is(Bound, fields.get(`$ACTION_${number}:1`))
  )
}

function isCall(action: string, fields: Fields): boolean {
  const args = Arguments.safeParse(plainJson(fields.get('0') ?? ''))
  if (!args.success || !ACTION_ID.test(action)) return false
  const prefix = `_${args.data[1].slice(2)}_`
  return [...fields.keys()].every((name) => name === '0' || name.startsWith(prefix))
}

function is(schema: z.ZodType, json: string | undefined): boolean {
  return schema.safeParse(plainJson(json ?? '')).success
}
