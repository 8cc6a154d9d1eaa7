/** The conversations in which something was sent, for a look at what is new. */

import { clip } from '../clip.ts';
import type { KeptPart } from '../sandbox-state.ts';
import { type Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';

/** The conversations with their parts, the one with the latest part first. */
export function groupByConversation(parts: readonly KeptPart[]): Array<[id: string, parts: KeptPart[]]> {
  const groups = Map.groupBy(parts, ({ conversationId }) => conversationId);
  const lastPlaces = new Map(parts.map(({ conversationId }, place) => [conversationId, place]));
  return [...groups].sort(([a], [b]) => (lastPlaces.get(b) ?? 0) - (lastPlaces.get(a) ?? 0));
}

/** A link to each; `shownId` is the one that the page shows. */
export function renderConversationList(
  groups: ReadonlyArray<readonly [id: string, parts: readonly KeptPart[]]>,
  shownId: string | null,
  links: PageLinks,
): Html {
  const items = groups.map(([id, parts]) => {
    const { body = '', attachments } = parts.at(-1)?.part ?? {};
    const last = body || attachments?.[0]?.filename || 'No text';
    const count = `${parts.length} ${parts.length === 1 ? 'message' : 'messages'}`;
    const current = id === shownId ? html` aria-current="page"` : null;
    return html`<li id="n${id}"><a href="${links.conversation(id)}" id="l${id}"${current}><b>Conversation ${id}</b> <small>${count}</small> <bdi>${clip(last, 80)}</bdi></a></li>`;
  });
  return html`<nav aria-labelledby="list"><h2 id="list">Conversations</h2>
<ul>${items.length === 0 ? html`<li class="line">No messages yet.</li>` : items}</ul></nav>`;
}
