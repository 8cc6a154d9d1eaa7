/** The list of the replies that created nothing, of all conversations. */
import type { RefusedReply } from '../refused-reply.ts';
import { findScenario } from '../scenarios/scenarios.ts';
import { type Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';
import { renderRows, renderTime } from './render-message.ts';

/** The replies, oldest first. */
export function renderRefusedView(replies: readonly RefusedReply[], links: PageLinks): Html {
  const items = replies.map((reply) => renderRefused(reply, links));
  return html`<section class="refused" aria-labelledby="refused">
<h3><span id="refused">Refused and failed replies</span> <small>of all conversations; nothing was created</small></h3>
<div class="log" id="refused-log" role="log" aria-live="polite" aria-labelledby="refused" tabindex="0">
<ol>${items.length === 0 ? html`<li class="line">Nothing yet.</li>` : items}</ol>
</div>
</section>`;
}

function renderRefused(reply: RefusedReply, links: PageLinks): Html {
  const { id, conversationId, receivedAt, outcome, message, errorFields, fields, moreFields } = reply;
  const hasPage = findScenario(conversationId) !== undefined;
  const name = html`Conversation ${conversationId}`;
  return html`<li class="row" id="r${id}">
<p class="who"><b>${hasPage ? html`<a href="${links.conversation(conversationId)}">${name}</a>` : name}</b>, ${renderTime(receivedAt)}</p>
<p class="outcome">${outcome}${message === null ? null : html`: ${message}`}</p>
${errorFields === null ? null : renderRows([['error_fields', errorFields]])}
<p class="who">${fields.length === 0 ? 'The parameters were not read.' : 'Parameters:'}</p>
${renderRows(fields)}${moreFields === 0 ? null : html`<p class="who">and ${moreFields} more</p>`}</li>`;
}
