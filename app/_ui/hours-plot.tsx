import type { HourFigures } from '#db/contract.ts'
import { ExactTime } from './exact-time.tsx'

interface HoursPlotProps {
  /** Oldest first. */
  readonly hours: readonly HourFigures[]
}

const HEIGHT = 100
const STEP = 10

/**
 * Live sessions at the end of each of the last hours, drawn on the server; the numbers themselves stand in a table
 * behind it. Labels are text beside the drawing, so that they stay readable on a phone.
 */
export function HoursPlot({ hours }: HoursPlotProps) {
  const most = Math.max(1, ...hours.map(({ live }) => live))
  const [first, last] = [hours[0]?.live ?? 0, hours.at(-1)?.live ?? 0]
  return (
    <figure className="rounded-lg border border-line bg-surface p-4 shadow-card sm:p-6">
      <figcaption className="text-sm font-semibold">Live sessions over the last 24 hours</figcaption>
      <div className="mt-4 grid grid-cols-[auto_1fr] gap-x-3 text-xs text-muted tabular-nums">
        <div className="flex flex-col justify-between text-end">
          <span>{most.toLocaleString('en')}</span>
          <span>0</span>
        </div>
        <svg
          role="img"
          aria-label={`From ${first.toLocaleString('en')} sessions to ${last.toLocaleString('en')}, at most ${most.toLocaleString('en')}. The table below has each hour.`}
          viewBox={`0 0 ${hours.length * STEP} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-40 w-full border-b border-s border-control"
        >
          {hours.map(({ at, live }, index) => {
            const height = (live / most) * HEIGHT
            return (
              <rect
                key={at.getTime()}
                x={index * STEP + 1}
                y={HEIGHT - height}
                width={STEP - 2}
                height={height}
                className="fill-accent"
              />
            )
          })}
        </svg>
        <span />
        <div className="mt-1 flex justify-between">
          <span>24 hours ago</span>
          <span>now</span>
        </div>
      </div>
      <HoursTable hours={hours} />
    </figure>
  )
}

function HoursTable({ hours }: HoursPlotProps) {
  return (
    <details className="mt-3">
      <summary className="inline-flex min-h-11 cursor-pointer items-center text-sm font-semibold text-accent">
        The same as a table
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label="Sessions by the hour" tabIndex={0} className="overflow-x-auto">
        <table className="w-full text-sm tabular-nums">
          <thead>
            <tr className="border-b border-line text-muted">
              <th scope="col" className="py-2 pe-4 text-start font-medium">
                Hour until
              </th>
              {['Began', 'Ended', 'Live then'].map((name) => (
                <th key={name} scope="col" className="py-2 ps-4 text-end font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {hours.toReversed().map(({ at, live, began, ended }) => (
              <tr key={at.getTime()} className="border-b border-line">
                <th scope="row" className="py-2 pe-4 text-start font-normal whitespace-nowrap">
                  <ExactTime at={at.getTime()} />
                </th>
                {[began, ended, live].map((count, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
                  <td key={column} className="py-2 ps-4 text-end">
                    {count.toLocaleString('en')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
