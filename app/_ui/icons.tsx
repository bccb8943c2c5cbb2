import type { ReactNode } from 'react'
import type { DeviceKind } from '#db/contract.ts'

export interface IconProps {
  readonly className?: string | undefined
}

/** Line icons on a grid of 24. Always decoration: the words beside them say the same. */
function icon(drawing: ReactNode) {
  return function Icon({ className = 'size-5' }: IconProps) {
    return (
      <svg
        className={`shrink-0 ${className}`}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {drawing}
      </svg>
    )
  }
}

const DesktopIcon = icon(
  <>
    <rect x="3" y="4.5" width="18" height="12" rx="1.75" />
    <path d="M12 16.5v3.25M8 19.75h8" />
  </>,
)
const PhoneIcon = icon(
  <>
    <rect x="7" y="2.75" width="10" height="18.5" rx="2.25" />
    <path d="M11 18.25h2" />
  </>,
)
const TabletIcon = icon(
  <>
    <rect x="4.5" y="3.25" width="15" height="17.5" rx="2" />
    <path d="M11 17.75h2" />
  </>,
)
const RobotIcon = icon(
  <>
    <rect x="4.5" y="8.25" width="15" height="11" rx="2.5" />
    <path d="M12 8.25v-3.5M9 13v1.5M15 13v1.5" />
  </>,
)
const UnknownIcon = icon(
  <>
    <rect x="3" y="4.5" width="18" height="15" rx="2" />
    <path d="M9.9 9.9a2.15 2.15 0 1 1 3 2c-.6.26-.9.72-.9 1.35M12 15.9v.01" />
  </>,
)
export const CheckIcon = icon(<path d="m5 12.75 4.5 4.5L19 7" />)
export const WarningIcon = icon(<path d="M12 9.25v4.25M12 16.75v.01M12 3.75 2.9 19.5h18.2z" />)
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.75" />
    <path d="M12 11.25v5M12 7.9v.01" />
  </>,
)
export const KeyIcon = icon(
  <>
    <circle cx="8" cy="15.5" r="4.25" />
    <path d="m11.1 12.4 8.4-8.4M16.25 7.25l2.75 2.75M13.5 10l1.75 1.75" />
  </>,
)
export const ChevronIcon = icon(<path d="m6.5 9.5 5.5 5.5 5.5-5.5" />)

const DEVICES = { desktop: DesktopIcon, phone: PhoneIcon, tablet: TabletIcon, bot: RobotIcon, unknown: UnknownIcon }

export function DeviceIcon({ kind, className }: IconProps & { readonly kind: DeviceKind }) {
  const Icon = DEVICES[kind]
  return <Icon className={className} />
}
