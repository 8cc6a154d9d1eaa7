/** The table of the sandbox's conversations, for somebody at a terminal and for somebody on the page. */
import { type Html, html } from '../pages/html.ts';
import type { PageLinks } from '../pages/page-links.ts';
import { sandboxConversations, sandboxConversationsByKind } from './scenarios.ts';

const idWidth = Math.max(...sandboxConversations.map(({ id }) => id.length));

/** One indented line for each conversation, under a heading for each kind; no line break at the end. */
export function describeConversations(): string {
  return sandboxConversationsByKind
    .map(({ heading, conversations }) => {
      return [heading, ...conversations.map(({ id, title }) => `  ${id.padStart(idWidth)}  ${title}`)].join(
        '\n',
      );
    })
    .join('\n\n');
}

/** Folded up under a heading, one table for each kind. */
export function renderConversationTable(links: PageLinks): Html {
  const tables = sandboxConversationsByKind.map(
    ({ heading, conversations }) =>
      html`<table><caption>${heading}</caption><tbody>${conversations.map(
        ({ id, title }) =>
          html`<tr><th scope="row"><a href="${links.conversation(id)}">${id}</a></th><td>${title}</td></tr>`,
      )}</tbody></table>`,
  );
  return html`<details class="kinds"><summary>Conversations to try: the id decides what Dashly answers</summary><div>${tables}</div></details>`;
}
