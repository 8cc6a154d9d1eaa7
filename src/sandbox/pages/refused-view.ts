/** The replies that created nothing, of all conversations: without this list nobody could see that they came. */

import type { RefusedReply } from '../refused-reply.ts';
import { sandboxConversations } from '../scenarios/scenarios.ts';
import { type Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';
import { renderRows, renderTime } from './render-message.ts';

/** The replies in their order, oldest first. */
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
  const isListed = sandboxConversations.some((it) => it.id === conversationId);
  const name = html`Conversation ${conversationId}`;
  return html`<li class="row" id="r${id}">
<p class="who"><b>${isListed ? html`<a href="${links.conversation(conversationId)}">${name}</a>` : name}</b>, ${renderTime(receivedAt)}</p>
<p class="outcome">${outcome}${message === null ? null : html`: ${message}`}</p>
${errorFields === null ? null : renderRows([['error_fields', errorFields]])}
<p class="who">${fields.length === 0 ? 'What was sent was not read.' : 'What was sent:'}</p>
${renderRows(fields)}${moreFields === 0 ? null : html`<p class="who">and ${moreFields} more</p>`}</li>`;
}
