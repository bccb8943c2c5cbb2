/**
 * A letter as plain text and as HTML. Pure. The HTML loads nothing, tells nobody that it was read, and has no link but
 * the one that is needed; whatever stands in it was escaped here.
 */
import type { Letter } from './letter.ts'

const REMINDER = 'Nobody from Signet ever asks for your password or for a code.'
const WIDTH = 76

export function asText({ subject, greeting, said, facts, todo, footer }: Letter): string {
  const widest = Math.max(...facts.map(([label]) => label.length))
  return [
    subject,
    greeting,
    ...said.map(wrapped),
    facts.map(([label, value]) => `${`${label}:`.padEnd(widest + 2)}${value}`).join('\n'),
    wrapped(todo.text),
    // On a line of its own, so that no sign beside it becomes part of it.
    ...(todo.link ? [`${todo.link.label}:\n${todo.link.url}`] : []),
    `-- \n${wrapped(`${footer} ${REMINDER}`)}`,
  ]
    .join('\n\n')
    .concat('\n')
}

function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}

const FONT = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const TEXT = 'margin:0 0 16px;font-size:16px;line-height:24px'
const SMALL = 'margin:0;font-size:13px;line-height:20px'

/** Inline styles for programs that know no others; dark colours for those that know them. */
export function asHtml({ subject, greeting, said, facts, todo, footer }: Letter): string {
  const paragraph = (text: string) => `<p style="${TEXT}">${escaped(text)}</p>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .paper { background: #0d1215 !important; }
  .sheet { background: #161c20 !important; border-color: #2b3338 !important; }
  .ink { color: #eeede8 !important; }
  .muted { color: #a4aeb1 !important; }
  .line { border-color: #2b3338 !important; }
  .button { background: #eeede8 !important; color: #142026 !important; }
}
</style>
</head>
<body class="paper" style="margin:0;padding:24px 12px;background:#f6f6f3;${FONT}">
<div class="sheet ink" style="max-width:560px;margin:0 auto;padding:32px 28px;border:1px solid #dddcd7;border-radius:14px;background:#fefefd;color:#142026;overflow-wrap:anywhere">
<p class="muted" style="margin:0 0 20px;font-size:15px;line-height:20px;font-weight:700;color:#535c62">Signet</p>
<h1 style="margin:0 0 20px;font-size:22px;line-height:28px;font-weight:700;letter-spacing:-0.018em">${escaped(subject)}</h1>
${[greeting, ...said].map(paragraph).join('\n')}
${factsTable(facts)}
${paragraph(todo.text)}
${todo.link ? button(todo.link) : ''}
<p class="muted line" style="${SMALL};padding-top:20px;border-top:1px solid #dddcd7;color:#535c62">${escaped(`${footer} ${REMINDER}`)}</p>
</div>
</body>
</html>
`
}

function factsTable(facts: Letter['facts']): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><th class="muted" scope="row" style="padding:6px 16px 6px 0;text-align:left;vertical-align:top;font-weight:400;color:#535c62;white-space:nowrap">${escaped(label)}</th><td style="padding:6px 0;vertical-align:top;font-weight:600">${escaped(value)}</td></tr>`,
  )
  return `<table class="line" style="width:100%;margin:0 0 20px;border-collapse:collapse;border-top:1px solid #dddcd7;border-bottom:1px solid #dddcd7;font-size:15px;line-height:22px"><tbody>
${rows.join('\n')}
</tbody></table>`
}

function button({ label, url }: NonNullable<Letter['todo']['link']>): string {
  return `<p style="margin:0 0 28px"><a class="button" href="${escaped(url)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#142026;color:#f6f6f3;font-size:15px;line-height:20px;font-weight:600;text-decoration:none">${escaped(label)}</a></p>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
