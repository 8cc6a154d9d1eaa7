/** A conversation as the customer sees it: the chat on the site. */

import { isForCustomer, quickRepliesOf } from '../customer-part.ts';
import type { KeptPart } from '../sandbox-state.ts';
import { type Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';
import { authorOf, renderBody, renderTime, timeOf } from './render-message.ts';

/** Nobody chooses from more. */
const maxButtons = 50;

/** The messages in their order, oldest first; buttons under those that still wait for an answer. */
export function renderCustomerView(parts: readonly KeptPart[], links: PageLinks): Html {
  const shown = parts.filter(({ part }) => isForCustomer(part));
  // Not live: the agent's side has the same messages and more, and one voice is enough.
  return html`<section class="customer" aria-labelledby="customer">
<h3 id="customer">What the customer sees</h3>
<div class="log" id="customer-log" role="log" aria-live="off" aria-labelledby="customer" tabindex="0">
<ol>${shown.length === 0 ? html`<li class="line">Nothing yet.</li>` : shown.map((kept) => renderMessage(kept, links))}</ol>
</div>
</section>`;
}

function renderMessage(kept: KeptPart, links: PageLinks): Html {
  const { id, part, pressed } = kept;
  const { isVisitor, name } = authorOf(part);
  const buttons = pressed === null ? quickRepliesOf(part) : [];
  return html`<li class="${isVisitor ? 'bubble mine' : 'bubble'}" id="c${id}">
<p class="who"><b>${isVisitor ? 'You' : name}</b>, ${renderTime(timeOf(part))}${part.type === 'article' ? html`, <i>article</i>` : null}${part.edited === null ? null : ', edited'}</p>
<div class="box">${renderBody(part, links)}</div>${buttons.length === 0 ? null : renderButtons(links.press(id), id, buttons)}</li>`;
}

function renderButtons(action: string, partId: string, buttons: ReturnType<typeof quickRepliesOf>): Html {
  const shown = buttons
    .slice(0, maxButtons)
    .map(
      ({ index, body }) =>
        html`<button type="submit" name="button" value="${index}" id="b${partId}-${index}" dir="auto">${body}</button>`,
    );
  return html`
<form method="post" action="${action}"><fieldset aria-label="Quick replies">${shown}</fieldset></form>`;
}
