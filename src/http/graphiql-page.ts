/** GraphiQL, for a browser that opens the endpoint. */

import type { IncomingMessage, ServerResponse } from 'node:http';

export interface GraphiQLOptions {
  /** What stands ready in the tab that opens. */
  readonly query: string;
  /** What is filled in for every tab. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether a request asks for the page rather than for data. */
export function wantsPage({ method, headers, url = '' }: IncomingMessage): boolean {
  const isQuery = /[?&]query=/.test(url);
  return method === 'GET' && !isQuery && (headers.accept?.includes('text/html') ?? false);
}

/**
 * Serves the whole page from here, since the one that Yoga serves by default comes from a CDN. It is made when first
 * asked for, and shared by all answers: it has 9 MB, and takes 60 MB to make.
 */
export function createGraphiQLPage({
  query,
  headers,
}: GraphiQLOptions): (res: ServerResponse) => Promise<void> {
  let page: Promise<Buffer> | null = null;
  async function makePage(): Promise<Buffer> {
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    // As `defaultQuery` it would stand in the first tab only once: after a reload that tab is empty.
    const options = { query, headers: JSON.stringify(headers, null, 2) };
    return Buffer.from(renderGraphiQL({ title: 'Dashly GraphQL gateway', ...options }));
  }
  return async (res) => {
    page ??= makePage();
    const body = await page;
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length });
    res.end(body);
  };
}
