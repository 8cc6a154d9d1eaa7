/** The conversations that somebody can try, as they stand in the table of the sandbox. */
import { type Html, html } from './html.ts';
import { sandboxConversationKinds, sandboxConversations } from './sandbox-conversations.ts';

/** Folded up under a heading, one table for each kind. */
export function renderConversationTable(): Html {
  const tables = Object.entries(sandboxConversationKinds).map(([kind, heading]) => {
    const rows = sandboxConversations.filter((it) => it.kind === kind);
    return html`<table><caption>${heading}</caption><tbody>${rows.map(
      ({ id, title }) =>
        html`<tr><th scope="row"><a href="/sandbox/conversations/${id}">${id}</a></th><td>${title}</td></tr>`,
    )}</tbody></table>`;
  });
  return html`<details class="kinds"><summary>Conversations to try: the id decides what Dashly answers</summary><div>${tables}</div></details>`;
}
