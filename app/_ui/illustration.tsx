import { SealShape } from './logo.tsx'

/** Rows of the table: where they stand and how much is written in their columns. */
const ROWS = [
  { y: 236, bars: [72, 54, 38] },
  { y: 284, bars: [58, 62, 30], live: true },
  { y: 332, bars: [80, 46, 44], ended: true },
  { y: 380, bars: [50, 58, 34] },
] as const
const COLUMNS = [292, 400, 492] as const

/** A seal kept in a browser, and the row of a table that it stands for. */
export function CookieAndRow() {
  return (
    <svg
      viewBox="0 0 600 440"
      className="h-auto w-full"
      role="img"
      aria-label="A sealed cookie in a browser points to one row of a database table, and that row decides."
    >
      <Browser />
      <Table />
      <path
        d="M128 226v51q0 24 24 24h72"
        className="stroke-accent"
        fill="none"
        strokeWidth="3"
        strokeDasharray="3 8"
        strokeLinecap="round"
      />
      <circle cx="128" cy="226" r="6" className="fill-accent" />
      <path
        d="m220 291 14 10-14 10"
        className="stroke-accent"
        fill="none"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}

function Browser() {
  return (
    <g>
      <rect x="16" y="16" width="356" height="248" rx="16" className="fill-surface stroke-line" strokeWidth="2" />
      <path d="M16 60h356" className="stroke-line" strokeWidth="2" />
      {[40, 58, 76].map((x) => (
        <circle key={x} cx={x} cy="38" r="5" className="fill-line" />
      ))}
      <rect x="100" y="28" width="170" height="20" rx="10" className="fill-sunken" />
      <g transform="translate(64 82) scale(4)">
        <SealShape />
      </g>
    </g>
  )
}

function Table() {
  return (
    <g>
      <rect x="240" y="164" width="344" height="260" rx="16" className="fill-surface stroke-line" strokeWidth="2" />
      {COLUMNS.map((x) => (
        <rect key={x} x={x} y="190" width="40" height="8" rx="4" className="fill-line" />
      ))}
      {ROWS.map((row) => (
        <Row key={row.y} {...row} />
      ))}
    </g>
  )
}

function Row({
  y,
  bars,
  live = false,
  ended = false,
}: {
  y: number
  bars: readonly number[]
  live?: boolean
  ended?: boolean
}) {
  return (
    <g>
      <path d={`M241 ${y - 7}h342`} className="stroke-line" strokeWidth="2" />
      {live && (
        <rect
          x="248"
          y={y - 1}
          width="328"
          height="36"
          rx="9"
          className="fill-accent-soft stroke-accent"
          strokeWidth="2"
        />
      )}
      <circle
        cx="270"
        cy={y + 17}
        r="6"
        strokeWidth="2"
        className={live ? 'fill-accent stroke-accent' : 'fill-none stroke-control'}
      />
      {bars.map((width, column) => (
        <rect
          key={COLUMNS[column]}
          x={COLUMNS[column]}
          y={y + 12}
          width={width}
          height="10"
          rx="5"
          className={live ? 'fill-accent' : 'fill-line'}
        />
      ))}
      {ended && <path d={`M286 ${y + 17}h256`} className="stroke-danger" strokeWidth="2.5" strokeLinecap="round" />}
    </g>
  )
}
