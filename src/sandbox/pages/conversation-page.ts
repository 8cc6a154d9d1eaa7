/** The page of a conversation: both sides of it, the refused replies, and what to try next. */
import { sandboxToken } from '../api/authorization.ts';
import type { SandboxState, StoredPart } from '../sandbox-state.ts';
import { findScenario, scenarioGroups } from '../scenarios/scenarios.ts';
import { renderAgentView, renderPart } from './agent-view.ts';
import { groupByConversation, renderConversationList } from './conversation-list.ts';
import { renderCustomerView, renderMessage } from './customer-view.ts';
import { type Html, html } from './html.ts';
import type { PageContent } from './page-layout.ts';
import type { PageLinks } from './page-links.ts';
import { renderRefusedView } from './refused-view.ts';

/** The page shows at most this many of the latest messages. */
const maxMessages = 100;
/** Of the messages and lists of a page. The longest lists leave enough for the longest message. */
const maxBytes = 1024 * 1024;

/** With buttons, because the page can click them. */
const exampleActions =
  '[{"type":"quick_reply","body":"Yes","meta_data":{"callback":true}},{"type":"quick_reply","body":"No"}]';

/** The conversation with this id, or the one of the latest message if the id is null. Null if it has no scenario. */
export function renderConversation(
  state: Pick<SandboxState, 'url' | 'parts' | 'earlierParts' | 'refused'>,
  { id: requestedId, links }: { id: string | null; links: PageLinks },
): PageContent | null {
  const groups = groupByConversation(state.parts);
  const id = requestedId ?? groups[0]?.[0] ?? '1';
  const scenario = findScenario(id);
  if (scenario === undefined) return null;

  const recent = groups.find(([groupId]) => groupId === id)?.[1] ?? [];
  const earlier = state.earlierParts.filter(({ conversationId }) => conversationId === id);
  const list = renderConversationList(groups, id, links);
  const refused = renderRefusedView(state.refused, links);
  const parts = [...earlier, ...recent];
  const count = countFitting(parts, maxBytes - sizeOf(list) - sizeOf(refused), links);
  const hidden = parts.length - count;
  const shown = {
    earlier: earlier.slice(hidden),
    recent: recent.slice(Math.max(0, hidden - earlier.length)),
  };
  const introduction = scenario.creates ? renderFirstReply(id, state.url, links) : renderNothingCreated();
  const content = html`${list}
<main id="conversation" tabindex="-1">
<h2>Conversation ${id} <small>${scenario.title}</small></h2>
${recent.length > 0 ? null : introduction}
${hidden === 0 ? null : html`<p class="hint">The latest ${count} messages; ${hidden} before them are not shown.</p>`}
<div class="views">${renderCustomerView(shown, links)}${renderAgentView(shown, links)}</div>
${refused}
${renderScenarioTable(links)}
</main>`;
  return { title: `Conversation ${id}`, content };
}

/** How many of the latest messages fit into these bytes, at least one. Counts a note as if both views showed it. */
function countFitting(parts: readonly StoredPart[], bytes: number, links: PageLinks): number {
  const latest = parts.slice(-maxMessages).reverse();
  let rest = bytes;
  const index = latest.findIndex((part) => {
    rest -= sizeOf(renderPart(part, links)) + sizeOf(renderMessage(part, links));
    return rest < 0;
  });
  return index === -1 ? latest.length : Math.max(1, index);
}

function sizeOf({ text }: Html): number {
  return Buffer.byteLength(text);
}

/** How to send the first reply: with GraphiQL if it is on the same origin, otherwise with curl. */
function renderFirstReply(id: string, url: string, links: PageLinks): Html {
  if (links.graphiql !== null) {
    return html`<p class="first">Send a reply to conversation ${id} with <a href="${links.graphiql}">GraphiQL</a> or with your own client. It appears here.</p>`;
  }
  const call = `curl -H 'Authorization: Token ${sandboxToken}' \\
  --data-urlencode 'body=Shall we call you back?' \\
  --data-urlencode 'actions=${exampleActions}' \\
  '${url}/conversations/${id}/reply?id_as_string=true'`;
  return html`<div class="first"><p>Send a reply to conversation ${id}. It appears here.</p><pre tabindex="0" aria-label="A call with curl"><code>${call}</code></pre></div>`;
}

function renderNothingCreated(): Html {
  return html`<p class="first">Replies to this conversation are never created. They are listed under <a href="#refused">refused and failed replies</a>.</p>`;
}

function renderScenarioTable(links: PageLinks): Html {
  const tables = scenarioGroups.map(({ heading, scenarios }) => {
    const rows = scenarios.map(
      ({ id, title }) =>
        html`<tr><th scope="row"><a href="${links.conversation(id)}">${id}</a></th><td>${title}</td></tr>`,
    );
    return html`<table><caption>${heading}</caption><tbody>${rows}</tbody></table>`;
  });
  return html`<details class="kinds"><summary>Conversations to try: the id selects what Dashly does</summary><div>${tables}</div></details>`;
}
