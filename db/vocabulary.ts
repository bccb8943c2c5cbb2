/** The words that the stores and everything above them speak in. What a store promises is in `contract.ts`. */
export type * from './vocabulary/account.ts'
export type * from './vocabulary/event.ts'
export type * from './vocabulary/grant.ts'
export type * from './vocabulary/identity.ts'
export type * from './vocabulary/session.ts'
