import type { Client, ClientKey } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { clientProof } from '#lib/openid-provider/registration.ts'
import { ActDialog } from '#ui/act-dialog.tsx'
import { Card, Fact, Facts } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { Heading } from '#ui/heading.tsx'
import { Time } from '#ui/time.tsx'
import type { ActView } from '../session-row.tsx'

interface Props {
  readonly client: Client
  readonly view: ActView
}

/** An application in the list, with what it was registered as and the way to be rid of it. */
export function ClientItem({ client, view }: Props) {
  const { id, name } = client
  const dialog = `remove-${id}`
  return (
    <li aria-labelledby={`client-${id}`}>
      <Card>
        <Heading level={2} id={`client-${id}`}>
          <bdi className="wrap-anywhere">{name}</bdi>
        </Heading>
        <div className="mt-4">
          <Particulars client={client} now={view.now} />
        </div>
        <div className="mt-5">
          <DialogTrigger dialog={dialog} fallback={{ path: view.path, name: 'act', value: dialog }}>
            Remove <span className="sr-only">{name}</span>
          </DialogTrigger>
          <ActDialog
            id={dialog}
            title={`Remove ${name}?`}
            button="Remove application"
            open={view.opened === dialog}
            back={view.path}
            hidden={{ act: 'client-removed', client: id }}
            reasonHint="At most 200 characters. It is kept with what you did."
            formToken={view.formToken}
            asked={view.asked}
          >
            <p>
              Everybody who has linked it is disconnected at once, and it is told so. It cannot be taken back: added
              again, it is another application.
            </p>
          </ActDialog>
        </div>
      </Card>
    </li>
  )
}

function Particulars({ client, now }: { readonly client: Client; readonly now: Date }) {
  const { id, publicKeys, device, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, scope } = client
  return (
    <Facts>
      <Fact term="Client ID">{id}</Fact>
      <Fact term="Kind">{kindOf(client)}</Fact>
      {publicKeys.length > 0 && (
        <Fact term="Keys">
          <Lines of={publicKeys.map(keyName)} />
        </Fact>
      )}
      {redirectUris.length > 0 && (
        <Fact term="People come back to">
          <Lines of={redirectUris} />
        </Fact>
      )}
      {device && <Fact term="Devices">May ask where there is no browser</Fact>}
      {postLogoutRedirectUris.length > 0 && (
        <Fact term="After signing out to">
          <Lines of={postLogoutRedirectUris} />
        </Fact>
      )}
      {backchannelLogoutUri !== null && <Fact term="Told of ends at">{backchannelLogoutUri}</Fact>}
      <Fact term="May ask for">{scope}</Fact>
      <Fact term="Added">
        <Time at={client.createdAt} now={now} both />
      </Fact>
    </Facts>
  )
}

function kindOf(client: Client): string {
  const { level } = settings().policy
  const { by, taken } = clientProof(client, level)
  if (by === 'none') return 'Public, without a secret'
  if (by === 'keys') return 'On a server, with a key of its own'
  return taken ? 'On a server, with a secret' : `On a server, with a secret: refused at level ${level}`
}

/** A key in the words of whoever made it. */
function keyName({ kid, crv, x }: ClientKey): string {
  return `${crv}, ${kid ?? `x ${x}`}`
}

function Lines({ of }: { readonly of: readonly string[] }) {
  return of.map((line) => (
    <span key={line} className="block">
      {line}
    </span>
  ))
}
