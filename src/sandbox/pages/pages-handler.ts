/** Routes the requests of the pages below `/sandbox`: conversations, files, events and clicks on quick replies. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { MalformedBody } from '../api/form/decode-utf8.ts';
import { readBody, readForm } from '../api/form/read-form.ts';
import { serveAttachment } from '../api/serve-file.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { renderConversation } from './conversation-page.ts';
import { isCrossSite, isDnsRebinding } from './cross-site.ts';
import { linksFrom } from './page-links.ts';
import { clickQuickReply } from './quick-replies.ts';
import { hasMethod, type PageExchange, sendOverload, sendPage, sendProblem } from './send-page.ts';
import { UnreadPages } from './unread-pages.ts';

/** Two speech bubbles, for the two sides of a conversation. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#4f46e5" d="M4 5h17a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H9l-5 4V5Z"/><path fill="#e0b872" d="M28 13v15l-5-4h-8a3 3 0 0 1-3-3v-1h9a5 5 0 0 0 5-5v-2h2Z"/></svg>\n';

/** A click names its button and nothing else. */
const maxClickBytes = 1_024;

type PageRoute = [pattern: RegExp, handle: (exchange: PageExchange, id: string) => unknown];

const routes: readonly PageRoute[] = [
  [/^\/sandbox\/?$/, (exchange) => handleConversation(exchange, null)],
  [/^\/sandbox\/conversations\/(\d+)$/, handleConversation],
  [/^\/sandbox\/parts\/(\d+)\/click$/, handleClick],
  [/^\/sandbox\/attachments\/(\d+)\/[^/]+$/, handleAttachment],
  [/^\/sandbox\/events$/, handleEvents],
  [/^\/sandbox\/icon\.svg$/, handleIcon],
];

/** Whether a path, with or without a query, belongs to the pages. */
export function isPagePath(path: string): boolean {
  return /^\/sandbox(?:[/?]|$)/.test(path);
}

/** Handles `/sandbox` and everything below it; `graphiqlPath` is the path of GraphiQL on the same origin. */
export function createPagesHandler(
  state: SandboxState,
  { graphiqlPath }: { graphiqlPath: string | null },
): RequestListener {
  const unread = new UnreadPages();
  return (request, response) => {
    const links = linksFrom(pathOf(request), graphiqlPath);
    const exchange = { state, request, response, links, unread };
    route(exchange).catch((error: unknown) => {
      // If the client closed the connection there is nothing to send; otherwise this is a bug in the sandbox.
      if (response.headersSent || request.errored) response.destroy();
      else if (error instanceof MalformedBody) sendProblem(exchange, 400, error.message);
      else sendProblem(exchange, 500, 'Internal error.');
    });
  };
}

async function route(exchange: PageExchange): Promise<void> {
  const { request, response } = exchange;
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  if (exchange.unread.isFull) return sendOverload(exchange);
  if (isDnsRebinding(request)) {
    return sendProblem(exchange, 403, 'Unknown host name; use localhost or an IP address.');
  }
  const path = pathOf(request);
  for (const [pattern, handle] of routes) {
    const match = pattern.exec(path);
    if (match !== null) return void (await handle(exchange, match[1] ?? ''));
  }
  sendProblem(exchange, 404, 'Page not found.');
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function handleConversation(exchange: PageExchange, id: string | null): void {
  if (!hasMethod(exchange, 'GET', 'HEAD')) return;
  const page = renderConversation(exchange.state, { id, links: exchange.links });
  if (page === null) sendProblem(exchange, 404, `The sandbox has no conversation ${id}.`);
  else sendPage(exchange, 200, page);
}

/** Handles the form of a quick reply, and redirects to the conversation, even if the part was answered before. */
async function handleClick(exchange: PageExchange, partId: string): Promise<void> {
  if (!hasMethod(exchange, 'POST')) return;
  const { state, request, response, links } = exchange;
  if (isCrossSite(request)) return sendProblem(exchange, 403, 'Cross-site requests are not allowed.');
  const contentType = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType)) {
    return sendProblem(exchange, 415, 'The body must be application/x-www-form-urlencoded.');
  }
  if (request.headers.expect !== undefined) {
    return sendProblem(exchange, 417, 'The header Expect is not supported; send the form without it.');
  }
  const body = await readBody(request, maxClickBytes);
  if (body === null) return sendProblem(exchange, 413, 'Request body too large.');

  const [, index = ''] = readForm(contentType, body).fields.find(([name]) => name === 'button') ?? [];
  const part = /^\d{1,5}$/.test(index) ? clickQuickReply(state, partId, Number(index)) : null;
  if (part === null) return sendProblem(exchange, 404, 'There is no such button.');
  response.writeHead(303, { location: links.conversation(part.conversationId) }).end();
}

function handleAttachment(exchange: PageExchange, id: string): void {
  if (!hasMethod(exchange, 'GET', 'HEAD')) return;
  if (exchange.state.files.items.some((file) => file.id === id)) {
    // The file has the origin of the pages, so it must not run as a script or a page.
    exchange.response.setHeader('content-security-policy', "default-src 'none'; sandbox");
    serveAttachment(exchange.state, id, exchange.response, { imagesOnly: true });
  } else sendProblem(exchange, 404, 'There is no such file.');
}

function handleEvents(exchange: PageExchange): void {
  if (!hasMethod(exchange, 'GET')) return;
  // Another site cannot read the events, and would use up the streams.
  if (isCrossSite(exchange.request)) sendProblem(exchange, 403, 'Cross-site requests are not allowed.');
  else if (!exchange.state.events.open(exchange.response)) {
    sendProblem(exchange, 503, 'The sandbox is stopping.');
  }
}

function handleIcon(exchange: PageExchange): void {
  if (!hasMethod(exchange, 'GET', 'HEAD')) return;
  exchange.response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(icon);
}
