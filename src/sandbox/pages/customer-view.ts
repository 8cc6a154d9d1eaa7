/** The customer's view of a conversation: the chat on the site. */
import type { StoredPart } from '../sandbox-state.ts';
import { type Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';
import { isForCustomer, type QuickReply, quickRepliesOf } from './quick-replies.ts';
import { authorOf, renderBody, renderList, renderTime, type ShownParts, timeOf } from './render-message.ts';

const maxButtons = 50;

/** The messages, oldest first; with buttons until one of them is clicked. */
export function renderCustomerView({ earlier, recent }: ShownParts, links: PageLinks): Html {
  const isShown = ({ part }: StoredPart) => isForCustomer(part);
  const shown = { earlier: earlier.filter(isShown), recent: recent.filter(isShown) };
  // Not live: screen readers announce the same messages in the agent's view.
  return html`<section class="customer" aria-labelledby="customer">
<h3 id="customer">What the customer sees</h3>
<div class="log" id="customer-log" role="log" aria-live="off" aria-labelledby="customer" tabindex="0">
${renderList('customer', shown, (stored) => renderMessage(stored, links))}
</div>
</section>`;
}

/** A message with the buttons that can be clicked. */
export function renderMessage({ id, part, clicked }: StoredPart, links: PageLinks): Html {
  const { isVisitor, name } = authorOf(part);
  const buttons = clicked === null ? quickRepliesOf(part) : [];
  return html`<li class="${isVisitor ? 'bubble mine' : 'bubble'}" id="c${id}">
<p class="who"><b>${isVisitor ? 'You' : name}</b>, ${renderTime(timeOf(part))}${part.type === 'article' ? html`, <i>article</i>` : null}${part.edited === null ? null : ', edited'}</p>
<div class="box">${renderBody(part, links)}</div>${buttons.length === 0 ? null : renderButtons(links.click(id), id, buttons)}</li>`;
}

function renderButtons(action: string, partId: string, buttons: readonly QuickReply[]): Html {
  const shown = buttons
    .slice(0, maxButtons)
    .map(
      ({ index, body }) =>
        html`<button type="submit" name="button" value="${index}" id="b${partId}-${index}" dir="auto">${body}</button>`,
    );
  return html`
<form method="post" action="${action}"><fieldset aria-label="Quick replies">${shown}</fieldset></form>`;
}
