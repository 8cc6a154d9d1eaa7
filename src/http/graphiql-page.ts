/** GraphiQL, for a browser that opens the endpoint. */

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface GraphiQLOptions {
  /** What stands ready in the tab that opens. */
  readonly query: string;
  readonly variables: string;
  /** What is filled in for every tab. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a request asks for the page rather than for data. */
export function wantsPage({ method, headers, url = '' }: IncomingMessage): boolean {
  const isQuery = /[?&](?:query|documentId|extensions)=/.test(url);
  return method === 'GET' && !isQuery && (headers.accept?.includes('text/html') ?? false);
}

interface Page {
  readonly body: Buffer;
  readonly policy: string;
}

/** The page's own script and no other, and nothing that comes from another host or goes to one. */
function policyFor(html: string): string {
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    // The editor writes its styles at run time, and brings its font and its workers along.
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    'font-src data:',
    'worker-src blob: data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Serves the whole page from here, since the one that Yoga serves by default comes from a CDN. It is made when first
 * asked for, and shared by all answers: it has 9 MB, and takes 60 MB to make.
 */
export function createGraphiQLPage({
  query,
  variables,
  headers,
}: GraphiQLOptions): (res: ServerResponse) => Promise<void> {
  let page: Promise<Page> | null = null;
  async function makePage(): Promise<Page> {
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    // As `defaultQuery` it would stand in the first tab only once: after a reload that tab is empty.
    const options = { query, variables, headers: JSON.stringify(headers, null, 2) };
    const html = renderGraphiQL({ title: 'Dashly GraphQL gateway', ...options });
    return { body: Buffer.from(html), policy: policyFor(html) };
  }
  return async (res) => {
    page ??= makePage();
    const { body, policy } = await page;
    res.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'content-security-policy': policy,
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    res.end(body);
  };
}
