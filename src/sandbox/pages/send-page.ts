/** Sends what the sandbox's pages answer with: pages, and pages that say what is wrong. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxState } from '../sandbox-state.ts';
import type { PageContent } from './conversation-page.ts';
import { html } from './html.ts';
import { framePage, pagePolicy } from './page-layout.ts';
import type { PageLinks } from './page-links.ts';

/** One request for a page, and where the page is served. */
export interface PageExchange {
  state: SandboxState;
  request: IncomingMessage;
  response: ServerResponse;
  /** As they stand in a page at the address of the request. */
  links: PageLinks;
}

/** Whether the method is one of these; the answer is given where it is not. */
export function hasMethod(exchange: PageExchange, ...allowed: string[]): boolean {
  const { method = '' } = exchange.request;
  if (allowed.includes(method)) return true;
  exchange.response.setHeader('allow', allowed.join(', '));
  sendProblem(exchange, 405, `This takes ${allowed.join(' and ')} only.`);
  return false;
}

/** A page that says in a sentence what is wrong. */
export function sendProblem(exchange: PageExchange, status: number, sentence: string): void {
  // Who waits to be asked for a body does not send it now, so that the next request could not be told from it.
  if (exchange.request.headers.expect !== undefined) exchange.response.setHeader('connection', 'close');
  const content = html`<main id="conversation" tabindex="-1">
<h2>${sentence}</h2>
<p><a href="${exchange.links.home}">To the latest conversation</a></p>
</main>`;
  sendPage(exchange, status, { title: String(status), content });
}

/** Any page, with the headers that keep other sites out. */
export function sendPage({ response, links }: PageExchange, status: number, page: PageContent): void {
  const body = Buffer.from(framePage({ ...page, links, isLive: status === 200 }));
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'content-security-policy': pagePolicy,
      'cross-origin-opener-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      // Not `no-referrer`, with which browsers send no `Origin` either, not even to the page's own server.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    .end(body);
}
