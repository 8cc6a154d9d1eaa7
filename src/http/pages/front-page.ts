/** The page at `/`: describes the gateway and links to its other pages. */

import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { discardRest } from '../discard-rest.ts';
import { sendNotFound } from '../respond.ts';
import type { Page } from '../router.ts';
import { type Link, listLinks } from './links.ts';

/** The gateway in one sentence. */
export const tagline = 'A typed GraphQL API that replies in conversations of Dashly, and reads them.';

const title = 'dashly-graphql-gateway';

const style = readFileSync(new URL('./front-page.css', import.meta.url), 'utf8');

/** HTML for browsers, plain text for other clients. `links` are not escaped: they must be constants of the gateway. */
export function createFrontPage(links: readonly Link[]): Page {
  const html = Buffer.from(toHtml(links));
  const text = Buffer.from(`${title}\n${tagline}\n\n${listLinks(links, '')}\n`);
  const styleHash = hash('sha256', style, 'base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

  return (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return sendNotFound(req, res);
    const isBrowser = req.headers.accept?.includes('text/html') ?? false;
    const body = isBrowser ? html : text;
    res.writeHead(200, {
      'content-type': `text/${isBrowser ? 'html' : 'plain'}; charset=utf-8`,
      'content-length': body.length,
      'content-security-policy': policy,
      'cache-control': 'no-cache',
      'referrer-policy': 'no-referrer',
      vary: 'Accept',
    });
    res.end(body);
    discardRest(req);
  };
}

function toHtml(links: readonly Link[]): string {
  // Relative links work behind a proxy that adds a path prefix.
  const items = links.map(
    ({ name, path, about }) =>
      `<dt><a href=".${path}">${name}</a> <code>${path}</code></dt><dd>${about}</dd>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${tagline}</p>
<dl>
${items.join('\n')}
</dl>
</main>
</body>
</html>
`;
}
