/** Shows when a part was created. */
import type { ConversationPart } from './conversation-part.ts';
import { type Html, html } from './html.ts';

/** The time of day where the sandbox runs; a script puts that of the reader in its place. */
export function renderTime({ created }: Pick<ConversationPart, 'created'>): Html {
  const time = new Date(created * 1_000);
  const ofDay = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return html`<time datetime="${time.toISOString()}">${ofDay}</time>`;
}
