/** JSON as data, or undefined when it is none or names a prototype, which some readers would set. */
export function plainJson(text: string): unknown {
  try {
    return JSON.parse(text, (name, value) => {
      if (name === '__proto__') throw new SyntaxError('a prototype is no data')
      return value
    })
  } catch {
    return undefined
  }
}
