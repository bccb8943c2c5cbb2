import type { Asked } from '#lib/authentication/asked.ts'
import { Card, Fact, Facts } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { EndDialog } from '#ui/end-dialog.tsx'
import { Heading } from '#ui/heading.tsx'
import { Time } from '#ui/time.tsx'
import type { AppCard } from './linked.ts'

/** What the items of the page share. */
export interface AppsView {
  readonly now: Date
  readonly formToken: string
  /** Where the last proof of identity is too old, the dialog asks for another one too. */
  readonly asked: Asked
  /** The dialog that the server draws open: a grant's id. */
  readonly opened: string | null
}

const PAGE = '/account/apps'

interface Props {
  readonly app: AppCard
  readonly view: AppsView
  readonly focusNext: string
}

/** An application in the list. Its heading, `app-<id>`, can take focus. */
export function AppItem({ app, view, focusNext }: Props) {
  const { id, name } = app
  return (
    <li aria-labelledby={`app-${id}`}>
      <Card>
        <Heading level={3} id={`app-${id}`}>
          <bdi className="wrap-anywhere">{name}</bdi>
        </Heading>
        <p className="mt-3 text-sm text-muted">It may:</p>
        <May words={app.may} />
        <div className="mt-4">
          <Particulars app={app} now={view.now} />
        </div>
        <div className="mt-5">
          <DialogTrigger dialog={`end-${id}`} fallback={{ path: PAGE, name: 'disconnect', value: id }}>
            Disconnect <span className="sr-only">{name}</span>
          </DialogTrigger>
          <EndDialog
            target={id}
            act="app-disconnected"
            title={`Disconnect ${name}?`}
            label={name}
            button="Disconnect"
            open={view.opened === id}
            back={PAGE}
            asked={view.asked}
            formToken={view.formToken}
            focusNext={focusNext}
          >
            <p>
              It can no longer use your account, at once. What it has copied before stays with it. You can link it
              again.
            </p>
          </EndDialog>
        </div>
      </Card>
    </li>
  )
}

function May({ words }: { readonly words: readonly string[] }) {
  return (
    <ul className="mt-1 list-disc space-y-1 ps-5 text-sm">
      {words.map((each) => (
        <li key={each}>{each}</li>
      ))}
    </ul>
  )
}

function Particulars({ app, now }: { readonly app: AppCard; readonly now: Date }) {
  return (
    <Facts>
      <Fact term="Linked">
        <Time at={app.linkedAt} now={now} both />
      </Fact>
      <Fact term="Last used">
        <Time at={app.lastUsedAt} now={now} both />
      </Fact>
      <Fact term="Linked from">
        <bdi>{app.from}</bdi>
      </Fact>
      <Fact term="Ends at the latest">
        <Time at={app.endsAt} now={now} both />
        {!app.outlives && <span className="font-normal text-muted">, and with that session</span>}
      </Fact>
    </Facts>
  )
}
