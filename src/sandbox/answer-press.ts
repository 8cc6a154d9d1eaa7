/** Takes the form that a quick reply's button sends. */

import { readForm } from './api/read-form.ts';
import { isFromOtherSite } from './pages/cross-site.ts';
import { pressButton } from './pages/quick-replies.ts';
import { hasMethod, type PageExchange, sendProblem } from './pages/send-page.ts';
import { readBody } from './read-body.ts';

/** A press says which button it was, and nothing else. */
const maxPressBytes = 1_024;

/** Presses the button and leads back to the conversation, also where the part was answered before. Throws `MalformedBody`. */
export async function answerPress(exchange: PageExchange, partId: string): Promise<void> {
  if (!hasMethod(exchange, 'POST')) return;
  const { state, request, response, links } = exchange;
  if (isFromOtherSite(request)) return sendProblem(exchange, 403, 'This is not for other sites.');
  const contentType = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType)) {
    return sendProblem(exchange, 415, 'A press is a form.');
  }
  // Nobody is asked for so short a body.
  if (request.headers.expect !== undefined) return sendProblem(exchange, 417, 'Just send the form.');
  const body = await readBody(request, maxPressBytes);
  if (body === null) return sendProblem(exchange, 413, 'A press has no need of so many bytes.');

  const [, index = ''] = readForm(contentType, body).fields.find(([name]) => name === 'button') ?? [];
  const part = /^\d{1,5}$/.test(index) ? pressButton(state, partId, Number(index)) : null;
  if (part === null) return sendProblem(exchange, 404, 'There is no such button, or not any more.');
  response.writeHead(303, { location: links.conversation(part.conversationId) }).end();
}
