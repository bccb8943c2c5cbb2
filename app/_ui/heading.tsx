import type { ReactNode } from 'react'

const SIZES = {
  1: 'text-2xl font-semibold',
  2: 'text-xl font-semibold',
  3: 'text-base font-semibold tracking-tight',
}

interface HeadingProps {
  readonly level: 1 | 2 | 3
  readonly id?: string | undefined
  readonly children: ReactNode
}

/** Level and size go together. With an id it can take focus when what stood there has gone. */
export function Heading({ level, id, children }: HeadingProps) {
  const Tag = `h${level}` as const
  return (
    <Tag id={id} tabIndex={id ? -1 : undefined} className={SIZES[level]}>
      {children}
    </Tag>
  )
}
