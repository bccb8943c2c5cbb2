/** The floor: a route that does nothing. What it costs is Next's, and the proxy's where that runs. */
export function GET(): Response {
  return Response.json({ userId: 'nobody' })
}
