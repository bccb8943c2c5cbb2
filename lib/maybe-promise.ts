import type { MaybePromise } from '#db/contract.ts'

/**
 * Goes on with a value that may be there already. SQLite answers at once; awaiting it all the same would cost each
 * session check a few turns of the event loop.
 */
export function then<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
