import { problemSentence } from '#lib/relying-party/problems.ts'
import { providerById } from '#lib/relying-party/providers.ts'
import { Notice } from './notice.tsx'

/** What came of the last trip to a provider; null when there is nothing to say. @param query of the address: anything */
export function tripNotice(query: Readonly<Record<string, string | string[] | undefined>>) {
  const name = typeof query.provider === 'string' ? (providerById(query.provider)?.name ?? null) : null
  const sentence = problemSentence(query.problem, name)
  return sentence && <Notice tone="danger">{sentence}</Notice>
}
