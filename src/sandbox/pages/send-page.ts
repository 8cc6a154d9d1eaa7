/** Sends pages: the content that was requested, or a problem in one sentence. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxState } from '../sandbox-state.ts';
import { html } from './html.ts';
import { type PageContent, pagePolicy, renderPage } from './page-layout.ts';
import type { PageLinks } from './page-links.ts';
import type { UnreadPages } from './unread-pages.ts';

/** One request for a page. */
export interface PageExchange {
  state: SandboxState;
  request: IncomingMessage;
  response: ServerResponse;
  /** The links of a page at the path of the request. */
  links: PageLinks;
  unread: UnreadPages;
}

/** Whether the method is allowed; responds with 405 if not. */
export function hasMethod(exchange: PageExchange, ...allowed: string[]): boolean {
  const { method = '' } = exchange.request;
  if (allowed.includes(method)) return true;
  exchange.response.setHeader('allow', allowed.join(', '));
  sendProblem(exchange, 405, `Method not allowed; use ${allowed.join(' or ')}.`);
  return false;
}

/** An error page with one sentence. */
export function sendProblem(exchange: PageExchange, status: number, sentence: string): void {
  // A client that waits for 100 Continue may send the body or not, so the connection cannot be reused.
  if (exchange.request.headers.expect !== undefined) exchange.response.setHeader('connection', 'close');
  const content = html`<main id="conversation" tabindex="-1">
<h2>${sentence}</h2>
<p><a href="${exchange.links.home}">To the latest conversation</a></p>
</main>`;
  sendPage(exchange, status, { title: String(status), content });
}

/** Responds while too many pages are unread: with a few bytes, and without a page. */
export function sendOverload({ response }: PageExchange): void {
  response
    .writeHead(503, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'retry-after': '1',
      // The body of the request is not read.
      connection: 'close',
    })
    .end('Too many pages are unread; retry in 1 second.\n');
}

/** Any page, with the headers that protect it from other sites. */
export function sendPage({ response, links, unread }: PageExchange, status: number, page: PageContent): void {
  const body = Buffer.from(renderPage(page, { links, isLive: status === 200 }));
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'content-security-policy': pagePolicy,
      'cross-origin-opener-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      // With `no-referrer` browsers would omit `Origin`, even for the page's own server.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    .end(body);
  unread.add(response);
}
