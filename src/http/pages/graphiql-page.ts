/** GraphiQL, for a browser that opens the endpoint: a small page, whose script and styles are files of their own. */

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExplorerTab } from './explorer-tabs.ts';
import type { GraphiQLAssets } from './graphiql-assets.ts';

/** What the page's script reads. */
export interface GraphiQLOptions {
  /** What stands ready. */
  readonly tabs: readonly ExplorerTab[];
  /** What is filled in for every tab. */
  readonly headers: Readonly<Record<string, string>>;
  /** The host that replies go to; null where it is the sandbox. */
  readonly liveHost: string | null;
  readonly attachmentMaxBytes: number;
}

export type SendPage = (req: IncomingMessage, res: ServerResponse) => void;

/** Whether the URL has a document or the id of one. */
export function hasDocument({ url = '' }: IncomingMessage): boolean {
  return /[?&](?:query|documentId|extensions)=/.test(url);
}

/** Whether a request asks for the page rather than for data. */
export function wantsPage(req: IncomingMessage): boolean {
  return req.method === 'GET' && !hasDocument(req) && (req.headers.accept?.includes('text/html') ?? false);
}

/** The page's own scripts and no other, and nothing that comes from another host or goes to one. */
const policy = [
  "default-src 'none'",
  // A path would have to name the host as well, which the gateway does not know behind a proxy.
  "script-src 'self'",
  "worker-src 'self'",
  // The editor writes style elements and style attributes at run time, with no nonce.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // No text becomes a script, but the addresses of the workers.
  "require-trusted-types-for 'script'",
].join('; ');

const title = 'Dashly GraphQL gateway';

/** `assets` is null where GraphiQL was not built; then the page is a sentence that says how that is done. */
export function createGraphiQLPage(options: GraphiQLOptions, assets: GraphiQLAssets | null): SendPage {
  if (!assets) return sendHint;
  // Relative, for proxies that put a prefix before: seen from /graphql, and from /graphql/.
  const page = makePage(options, assets, './graphql/');
  const pageOfFolder = makePage(options, assets, './');
  return (req, res) => sendHtml(req, res, /^[^?]*\/(?:\?|$)/.test(req.url ?? '') ? pageOfFolder : page);
}

interface Page {
  readonly body: Buffer;
  readonly tag: string;
}

function makePage({ liveHost, ...options }: GraphiQLOptions, assets: GraphiQLAssets, base: string): Page {
  const sandboxUrl = base === './' ? '../sandbox' : './sandbox';
  const destination = liveHost === null ? { sandboxUrl } : { liveHost };
  const configuration = { ...options, headers: JSON.stringify(options.headers, null, 2), destination };
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
  return { body: Buffer.from(html), tag: `"${createHash('sha256').update(html).digest('base64url')}"` };
}

/** Nothing in it can end the element that it stands in. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function sendHtml(req: IncomingMessage, res: ServerResponse, { body, tag }: Page): void {
  const isKnown = req.headers['if-none-match']?.split(',').some((known) => known.trim() === tag) ?? false;
  // One address answers browsers with the page, and everybody else with data.
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
  res.end('GraphiQL is not built: run "npm run build:graphiql", and start the gateway again.\n');
}
