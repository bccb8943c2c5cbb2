import { z } from 'zod'
import { plainJson } from './plain-json.ts'

/**
 * What Next's router sends along about the pages that it shows (`Next-Router-State-Tree`). Next answers 500 to one
 * that it cannot parse, so ours is the stricter reading of the two; whatever fails it is dropped.
 * @see next/dist/server/app-render/types.js, `flightRouterStateSchema`
 */
const LONGEST = 8192

const Parameter = z.tuple([
  z.string(),
  z.string(),
  z.string().regex(/^(?:c|oc|d|[cd]i\((?:\.{1,3}|\.\.\)\(\.\.)\))$/),
  z.array(z.string()).nullable(),
])
const Marker = z.enum(['refetch', 'inside-shared-layout', 'metadata-only'])
const State = z.tuple([
  z.union([z.string(), Parameter]),
  z.record(
    z.string(),
    z.lazy((): z.ZodType => State),
  ),
  z.tuple([z.string(), z.string()]).nullish(),
  Marker.nullish(),
  z.number().nullish(),
  z.string().optional(),
])

/** Absent is fine. */
export function isRouterState(header: string | readonly string[] | undefined): boolean {
  if (header === undefined) return true
  if (typeof header !== 'string' || header.length > LONGEST) return false
  try {
    return State.safeParse(plainJson(decodeURIComponent(header))).success
  } catch {
    return false
  }
}
