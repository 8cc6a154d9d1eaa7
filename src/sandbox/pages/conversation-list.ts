/** The list of the conversations with messages that calls and clicks created. */
import type { StoredPart } from '../sandbox-state.ts';
import { type Html, html, truncate } from './html.ts';
import type { PageLinks } from './page-links.ts';

/** The conversations with their parts; the one with the latest part is first. */
export function groupByConversation(parts: readonly StoredPart[]): Array<[id: string, parts: StoredPart[]]> {
  const groups = Map.groupBy(parts, ({ conversationId }) => conversationId);
  const lastIndexes = new Map(parts.map(({ conversationId }, index) => [conversationId, index]));
  return [...groups].sort(([a], [b]) => (lastIndexes.get(b) ?? 0) - (lastIndexes.get(a) ?? 0));
}

/** A link to each conversation; `shownId` is the one on the page. */
export function renderConversationList(
  groups: ReadonlyArray<readonly [id: string, parts: readonly StoredPart[]]>,
  shownId: string | null,
  links: PageLinks,
): Html {
  const items = groups.map(([id, parts]) => {
    const messages = parts.filter(({ part }) => part.type !== 'assigned');
    const { body = '', attachments } = messages.at(-1)?.part ?? {};
    const last = body || attachments?.[0]?.filename || 'No text';
    const count = `${messages.length} new ${messages.length === 1 ? 'message' : 'messages'}`;
    const current = id === shownId ? html` aria-current="page"` : null;
    return html`<li id="n${id}"><a href="${links.conversation(id)}" id="l${id}"${current}><b>Conversation ${id}</b> <small>${count}</small> <bdi>${truncate(last, 80)}</bdi></a></li>`;
  });
  return html`<nav aria-labelledby="list"><h2 id="list">Conversations</h2>
<ul>${items.length === 0 ? html`<li class="line">No new messages yet.</li>` : items}</ul></nav>`;
}
