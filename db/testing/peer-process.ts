import type { Store } from '../contract.ts'
import { StoreUnavailable } from '../contract.ts'
import { openStore } from '../index.ts'
import type { Told } from './peer.ts'
import { RULES } from './rules.ts'

/** The other process of `peer.ts`. */
const store = await openStore({ ...RULES, url: process.argv[2] ?? '' })
store.sessions.watch((change) => tell({ type: 'change', change }))

process.on('message', async ({ call, method, args }: { call: number; method: string; args: unknown[] }) => {
  try {
    tell({ type: 'answer', call, value: await invoke(store, method, args) })
  } catch (error) {
    tell({ type: 'failure', call, unavailable: error instanceof StoreUnavailable, message: String(error) })
  }
})
process.on('disconnect', async () => {
  await store.close()
  process.exit(0)
})
tell({ type: 'ready' })

/** `limiter.take` and `limiter.giveBack` make the limiter that is their first argument. */
function invoke(store: Store, method: string, args: unknown[]): unknown {
  const [part = '', name = ''] = method.split('.')
  const parts = { ...store, limiter: part === 'limiter' && store.limiter(args.shift() as never) } as unknown as Record<
    string,
    Record<string, (...args: unknown[]) => unknown>
  >
  return part in parts && name
    ? parts[part]?.[name]?.(...args)
    : (store as unknown as Record<string, () => unknown>)[part]?.()
}

/** The other end may have closed a moment ago, before this one has heard of it: then nobody wants to be told. */
function tell(told: Told): void {
  if (process.connected) process.send?.(told, undefined, undefined, () => {})
}
