import { accounts } from './testing/examples/accounts.ts'
import { administration } from './testing/examples/administration.ts'
import { artifacts } from './testing/examples/artifacts.ts'
import { beginning } from './testing/examples/beginning.ts'
import { circumstances } from './testing/examples/circumstances.ts'
import { clients } from './testing/examples/clients.ts'
import { ending } from './testing/examples/ending.ts'
import { grants } from './testing/examples/grants.ts'
import { housekeeping } from './testing/examples/housekeeping.ts'
import { identities } from './testing/examples/identities.ts'
import { keeping } from './testing/examples/keeping.ts'
import { lineage } from './testing/examples/lineage.ts'
import { locking } from './testing/examples/locking.ts'
import { logouts } from './testing/examples/logouts.ts'
import { notices } from './testing/examples/notices.ts'
import { oddInput } from './testing/examples/odd-input.ts'
import { outage } from './testing/examples/outage.ts'
import { outbox } from './testing/examples/outbox.ts'
import { pending } from './testing/examples/pending.ts'
import { proving } from './testing/examples/proving.ts'
import { renewal } from './testing/examples/renewal.ts'
import { secured } from './testing/examples/secured.ts'
import { watching } from './testing/examples/watching.ts'
import { whatEnds } from './testing/examples/what-ends.ts'
import { DIALECTS, test } from './testing.ts'

/** The promises of `contract.ts`, on both stores. Postgres is a real one, started for this. */
for (const dialect of DIALECTS) {
  test.describe(dialect, () => {
    test.use({ dialect })
    test.describe('beginning', beginning)
    test.describe('renewal', renewal)
    test.describe('proving', proving)
    test.describe('ending', ending)
    test.describe('watching', () => watching(dialect))
    test.describe('housekeeping', housekeeping)
    test.describe('people, events and attempts', keeping)
    test.describe('notices', notices)
    test.describe('accounts', accounts)
    test.describe('securing', secured)
    test.describe('locking and epochs', locking)
    test.describe('circumstances', circumstances)
    test.describe('half-states', pending)
    test.describe('outbox', outbox)
    test.describe('what ends', whatEnds)
    test.describe('administration', administration)
    test.describe('applications', clients)
    test.describe('grants', grants)
    test.describe('artifacts', artifacts)
    test.describe('lineage', lineage)
    test.describe('relying parties to be told', logouts)
    test.describe('accounts elsewhere', identities)
    test.describe('odd input', oddInput)
    test.describe('outage', () => outage(dialect))
  })
}
