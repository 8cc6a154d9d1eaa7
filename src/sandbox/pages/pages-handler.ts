/** The pages below `/sandbox`: what was sent, live, and the visitor's buttons. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { answerPress } from '../answer-press.ts';
import { serveAttachment } from '../api/serve-file.ts';
import { MalformedBody } from '../malformed-body.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { renderConversation } from './conversation-page.ts';
import { isFromOtherSite, isRebound } from './cross-site.ts';
import { linksFrom } from './page-links.ts';
import { hasMethod, type PageExchange, sendPage, sendProblem } from './send-page.ts';

/** Two bubbles, for the two sides of a conversation. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#4f46e5" d="M4 5h17a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H9l-5 4V5Z"/><path fill="#e0b872" d="M28 13v15l-5-4h-8a3 3 0 0 1-3-3v-1h9a5 5 0 0 0 5-5v-2h2Z"/></svg>\n';

/** Whether a path, with or without a query, is one that a listener for pages answers. */
export function isPagePath(path: string): boolean {
  return /^\/sandbox(?:[/?]|$)/.test(path);
}

/** Answers `/sandbox` and everything below it; `graphiqlPath` is where there is GraphiQL on the same origin. */
export function createPageListener(
  state: SandboxState,
  { graphiqlPath }: { graphiqlPath: string | null },
): RequestListener {
  return (request, response) => {
    const links = linksFrom(pathOf(request), graphiqlPath);
    const exchange = { state, request, response, links };
    answer(exchange).catch((error: unknown) => {
      // A visitor who broke off hears nothing more; for anybody else this is a bug of ours.
      if (response.headersSent || request.errored) response.destroy();
      else if (error instanceof MalformedBody) sendProblem(exchange, 400, error.message);
      else sendProblem(exchange, 500, 'Something went wrong inside.');
    });
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

async function answer(exchange: PageExchange): Promise<void> {
  const { request, response } = exchange;
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  if (isRebound(request)) {
    return sendProblem(exchange, 403, 'This address may not be that of this machine: try localhost.');
  }
  const path = pathOf(request);
  const places: Array<[pattern: RegExp, answer: (exchange: PageExchange, id: string) => unknown]> = [
    [/^\/sandbox\/?$/, (it) => answerConversation(it, null)],
    [/^\/sandbox\/conversations\/(\d+)$/, answerConversation],
    [/^\/sandbox\/parts\/(\d+)\/press$/, answerPress],
    [/^\/sandbox\/attachments\/(\d+)\/[^/]+$/, answerAttachment],
    [/^\/sandbox\/events$/, answerEvents],
    [/^\/sandbox\/icon\.svg$/, answerIcon],
  ];
  for (const [pattern, answerPlace] of places) {
    const match = pattern.exec(path);
    if (match !== null) return void (await answerPlace(exchange, match[1] ?? ''));
  }
  sendProblem(exchange, 404, 'There is nothing here.');
}

function answerConversation(exchange: PageExchange, id: string | null): void {
  if (!hasMethod(exchange, 'GET', 'HEAD')) return;
  const page = renderConversation(exchange.state, { id, links: exchange.links });
  if (page === null) sendProblem(exchange, 404, 'The sandbox has no such conversation.');
  else sendPage(exchange, 200, page);
}

function answerAttachment(exchange: PageExchange, id: string): void {
  if (!hasMethod(exchange, 'GET', 'HEAD')) return;
  if (exchange.state.files.items.some((file) => file.id === id)) {
    // Of one origin with the pages, where no file is to be a script or a page.
    exchange.response.setHeader('content-security-policy', "default-src 'none'; sandbox");
    serveAttachment(exchange.state, id, exchange.response, { isPictureOrBytes: true });
  } else sendProblem(exchange, 404, 'There is no such file, or not any more.');
}

function answerEvents(exchange: PageExchange): void {
  if (!hasMethod(exchange, 'GET')) return;
  // They could read nothing, and would use up the streams.
  if (isFromOtherSite(exchange.request)) sendProblem(exchange, 403, 'This is not for other sites.');
  else if (!exchange.state.events.open(exchange.response)) {
    sendProblem(exchange, 503, 'The sandbox is ending.');
  }
}

function answerIcon(exchange: PageExchange): void {
  if (!hasMethod(exchange, 'GET', 'HEAD')) return;
  exchange.response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(icon);
}
