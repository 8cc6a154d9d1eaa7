/** The page that shows a conversation from both sides. */

import { renderFirstReply } from '../first-reply.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { renderConversationTable } from '../scenarios/list-scenarios.ts';
import { sandboxConversations } from '../scenarios/scenarios.ts';
import { renderAgentView } from './agent-view.ts';
import { groupByConversation, renderConversationList } from './conversation-list.ts';
import { renderCustomerView } from './customer-view.ts';
import { type Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';
import { renderRefusedView } from './refused-view.ts';

/** So many of the latest messages of a conversation are shown. */
const maxShown = 100;

/** What the page shows, and what it is to be called. */
export interface PageContent {
  title: string;
  content: Html;
}

/**
 * The conversation with this id, or the one of the latest message where the id is null.
 * Null where the sandbox has no such conversation.
 */
export function renderConversation(
  state: Pick<SandboxState, 'url' | 'parts' | 'refused'>,
  { id: askedId, links }: { id: string | null; links: PageLinks },
): PageContent | null {
  const groups = groupByConversation(state.parts);
  const id = askedId ?? groups[0]?.[0] ?? '1';
  const conversation = sandboxConversations.find((it) => it.id === id);
  if (conversation === undefined) return null;

  const parts = groups.find(([groupId]) => groupId === id)?.[1] ?? [];
  const hidden = Math.max(0, parts.length - maxShown);
  const shown = parts.slice(hidden);
  const content = html`${renderConversationList(groups, id, links)}
<main id="conversation" tabindex="-1">
<h2>Conversation ${id} <small>${conversation.title}</small></h2>
${parts.length > 0 ? null : conversation.creates ? renderFirstReply({ url: state.url, links, conversationId: id }) : html`<p class="first">Nothing that is sent to this conversation is created. What comes is listed under <a href="#refused">refused and failed replies</a>.</p>`}
${hidden === 0 ? null : html`<p class="hint">The latest ${maxShown} messages; ${hidden} before them are not shown.</p>`}
<div class="views">${renderCustomerView(shown, links)}${renderAgentView(shown, links)}</div>
${renderRefusedView(state.refused, links)}
${renderConversationTable(links)}
</main>`;
  return { title: `Conversation ${id}`, content };
}
