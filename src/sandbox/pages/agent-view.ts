/** The agent's view of a conversation: every part with all of its data. */
import type { ConversationPart } from '../api/conversation-part.ts';
import { digitsOf, isJsonObject } from '../exact-json.ts';
import type { StoredPart } from '../sandbox-state.ts';
import { type Html, html, truncate } from './html.ts';
import type { PageLinks } from './page-links.ts';
import {
  authorOf,
  renderBody,
  renderList,
  renderRows,
  renderTime,
  type ShownParts,
  timeOf,
} from './render-message.ts';

const maxActions = 50;

/** All parts, oldest first; screen readers announce new ones. */
export function renderAgentView(parts: ShownParts, links: PageLinks): Html {
  return html`<section class="agent" aria-labelledby="agent">
<h3 id="agent">What an agent sees</h3>
<div class="log" id="agent-log" role="log" aria-live="polite" aria-labelledby="agent" tabindex="0">
${renderList('agent', parts, (part) => renderPart(part, links))}
</div>
</section>`;
}

/** A message with its data, or a line if the part is an assignment. */
export function renderPart({ id, part, clicked }: StoredPart, links: PageLinks): Html {
  if (part.type === 'assigned') return renderAssignment(id, part);
  const { isVisitor, name } = authorOf(part);
  const marks = [
    nameOfType(part.type),
    part.edited === null ? null : 'edited',
    part.removed === null ? null : 'removed',
  ].filter((mark) => mark !== null);
  const classes = part.type === 'note' ? 'row note' : isVisitor ? 'row visitor' : 'row';
  return html`<li class="${classes}" id="a${id}">
<p class="who"><b>${name}</b>, ${renderTime(timeOf(part))}${marks.map((mark) => html`, <i>${mark}</i>`)}</p>
<div class="box">${renderBody(part, links)}${renderActions(part, clicked)}${renderData(part)}</div>
${renderDetails(part)}</li>`;
}

function nameOfType(type: string): string | null {
  if (type === 'reply_admin' || type === 'reply_user') return null;
  return type === 'note' ? 'internal note' : type;
}

function renderAssignment(id: string, part: ConversationPart): Html {
  const { assignee = null } = part;
  const text = assignee === null ? 'Unassigned' : `Assigned to ${assignee.name}`;
  const by = authorOf(part).name;
  return html`<li class="line" id="a${id}">${text}${by === assignee?.name ? null : ` by ${by}`}, ${renderTime(timeOf(part))}</li>`;
}

function renderActions({ actions }: ConversationPart, clicked: number | null): Html | null {
  if (!actions || actions.length === 0) return null;
  const shown = actions.slice(0, maxActions).map((action, index) => {
    const { type, body, meta_data: metaData } = action as Readonly<Record<string, unknown>>;
    const data =
      metaData === undefined ? null : html` <code>${truncate(JSON.stringify(metaData), 200)}</code>`;
    const label = typeof body === 'string' ? body : String(type);
    return html`<li class="${index === clicked ? 'clicked' : ''}"><bdi>${label}</bdi>${index === clicked ? html` <i>clicked</i>` : null}${data}</li>`;
  });
  const more = actions.length - shown.length;
  return html`<ul class="actions" aria-label="Buttons">${shown}${more > 0 ? html`<li>and ${more} more</li>` : null}</ul>`;
}

/** The data for programs that clients attach; null without any. */
function renderData(part: ConversationPart): Html | null {
  const rows: Array<[name: string, text: string]> = [];
  if (part.external_id) rows.push(['external_id', part.external_id]);
  for (const name of ['meta_data', 'body_json'] as const) {
    if (isJsonObject(part[name]) && Object.keys(part[name]).length > 0) {
      rows.push([name, JSON.stringify(part[name])]);
    }
  }
  return rows.length === 0 ? null : renderRows(rows);
}

function renderDetails(part: ConversationPart): Html {
  const from = isJsonObject(part.from) ? (part.from as { id?: unknown }).id : part.from;
  const rows = [
    ['id', digitsOf(part.id)],
    ['type', part.type],
    ['from', from === undefined || from === null ? '' : digitsOf(from)],
    ['sent_via', part.sent_via],
    ['reply_type', part.reply_type],
  ].filter((row): row is [string, string] => row[1] !== '');
  return html`<details id="d${digitsOf(part.id)}"><summary>Details</summary>${renderRows(rows)}</details>`;
}
