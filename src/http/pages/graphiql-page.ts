/** Serves GraphiQL to browsers that open the endpoint: a small page that loads its script and styles. */

import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphiQLAssets } from './graphiql-assets.ts';
import type { GraphiQLTab } from './graphiql-tabs.ts';

/** The configuration for the script of the page. */
export interface GraphiQLOptions {
  /** The initial tabs. */
  readonly tabs: readonly GraphiQLTab[];
  /** The initial headers of every tab. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether replies are sent to customers in Dashly, and not to the sandbox. */
  readonly isLive: boolean;
  readonly attachmentMaxBytes: number;
}

export type SendPage = (req: IncomingMessage, res: ServerResponse) => void;

/** Whether the URL contains a document or its id. */
export function hasDocument({ url = '' }: IncomingMessage): boolean {
  return /[?&](?:query|documentId|extensions)=/.test(url);
}

/** Whether a request is for the page and not for data. */
export function wantsPage(req: IncomingMessage): boolean {
  return req.method === 'GET' && !hasDocument(req) && (req.headers.accept?.includes('text/html') ?? false);
}

/** Allows only the page's own scripts, and no other host. */
const policy = [
  "default-src 'none'",
  // Restricting the path requires the host, which is unknown behind a proxy.
  "script-src 'self'",
  "worker-src 'self'",
  // The editor creates style elements and attributes at run time, without a nonce.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No string can become a script, except the URLs of the workers.
  "require-trusted-types-for 'script'",
].join('; ');

const title = 'Dashly GraphQL gateway';

/** If GraphiQL is not built (`assets` is null), the page explains how to build it. */
export function createGraphiQLPage(options: GraphiQLOptions, assets: GraphiQLAssets | null): SendPage {
  if (!assets) return sendHint;
  // Relative links work behind a proxy that adds a path prefix; they differ for /graphql and /graphql/.
  const page = makePage(options, assets, './graphql/');
  const pageOfFolder = makePage(options, assets, './');
  return (req, res) => sendHtml(req, res, /^[^?]*\/(?:\?|$)/.test(req.url ?? '') ? pageOfFolder : page);
}

interface Page {
  readonly body: Buffer;
  readonly tag: string;
}

function makePage({ isLive, ...options }: GraphiQLOptions, assets: GraphiQLAssets, base: string): Page {
  const sandboxPage = base === './' ? '../sandbox' : './sandbox';
  const sandboxUrl = isLive ? null : sandboxPage;
  const configuration = { ...options, headers: JSON.stringify(options.headers, null, 2), sandboxUrl };
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${base}assets/${assets.icon}">
${assets.styles.map((name) => `<link rel="stylesheet" href="${base}assets/${name}">`).join('\n')}
${assets.modules.map((name) => `<link rel="modulepreload" href="${base}assets/${name}">`).join('\n')}
<script type="module" src="${base}assets/${assets.script}"></script>
</head>
<body>
<main>
<h1 class="for-screen-readers">${title}</h1>
<div id="explorer"><p class="before-script" role="status">GraphiQL is loading …</p></div>
<noscript><p class="before-script">GraphiQL needs JavaScript. Without it, send a POST to this address.</p></noscript>
</main>
<script type="application/json" id="configuration">${escapeJson(configuration)}</script>
</body>
</html>
`;
  return { body: Buffer.from(html), tag: `"${hash('sha256', html, 'base64url')}"` };
}

/** Escapes JSON so that it cannot close its script element. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function sendHtml(req: IncomingMessage, res: ServerResponse, { body, tag }: Page): void {
  const isKnown = req.headers['if-none-match']?.split(',').some((known) => known.trim() === tag) ?? false;
  // The same URL serves the page to browsers and data to other clients.
  res.appendHeader('vary', 'accept');
  res.writeHead(isKnown ? 304 : 200, {
    ...(isKnown ? {} : { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length }),
    'cache-control': 'no-cache',
    etag: tag,
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  });
  res.end(isKnown ? undefined : body);
}

function sendHint(_req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  res.end('GraphiQL is not built: run "npm run build:graphiql", and restart the gateway.\n');
}
