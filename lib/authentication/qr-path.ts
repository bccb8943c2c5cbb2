import { encode } from 'uqr'

/** A QR code as a drawing: `path` is the `d` of an SVG path in a view box of `size` by `size`, one unit a module. */
export interface QrPath {
  readonly path: string
  readonly size: number
}

/** Modules around it that stay light: scanners look for them. @see ISO/IEC 18004 §9.1 */
const QUIET = 4

/** Drawn on the server; a component puts the path into its own `<svg>`, so no HTML is made from text. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET })
  return { path: data.flatMap((row, y) => runs(row).map(({ x, length }) => bar(x, y, length))).join(''), size }
}

/** Where dark modules lie side by side in a row. */
function runs(row: readonly boolean[]): { x: number; length: number }[] {
  const found: { x: number; length: number }[] = []
  row.forEach((isDark, x) => {
    const last = found.at(-1)
    if (!isDark) return
    if (last && last.x + last.length === x) last.length++
    else found.push({ x, length: 1 })
  })
  return found
}

function bar(x: number, y: number, length: number): string {
  return `M${x} ${y}h${length}v1h-${length}z`
}
