/** How to send the first reply, for somebody who meets an empty sandbox. */
import { type Html, html } from './pages/html.ts';
import type { PageLinks } from './pages/page-links.ts';
import { sandboxToken } from './sandbox-token.ts';

/** Shows buttons as well, because that is where the page can answer. */
const actions =
  '[{"type":"quick_reply","body":"Yes","meta_data":{"callback":true}},{"type":"quick_reply","body":"No"}]';

/** With GraphiQL if it is served beside this page; else with the API of the sandbox at `url`. */
export function renderFirstReply({
  url,
  links,
  conversationId,
}: {
  url: string;
  links: PageLinks;
  conversationId: string;
}): Html {
  if (links.graphiql !== null) {
    return html`<p class="first">Send a reply to conversation ${conversationId} with <a href="${links.graphiql}">GraphiQL</a>, or with a program of yours, and see it arrive here.</p>`;
  }
  const call = `curl -H 'Authorization: Token ${sandboxToken}' \\
  --data-urlencode 'body=Shall we call you back?' \\
  --data-urlencode 'actions=${actions}' \\
  '${url}/conversations/${conversationId}/reply?id_as_string=true'`;
  return html`<div class="first"><p>Send a reply to conversation ${conversationId}, and see it arrive here:</p><pre tabindex="0" aria-label="A call with curl"><code>${call}</code></pre></div>`;
}
