import { open } from '#lib/http/api.ts'
import { problem } from '#lib/http/problem.ts'

/** Whatever else is asked of the API: an answer in the API's own format. */
const nothing = open(() => problem('not_found'))

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT }
