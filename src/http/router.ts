/** Assigns an id to each request and routes it by its path. */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Endpoint } from './endpoint/endpoint.ts';
import type { LogError } from './endpoint/errors.ts';
import { sendHealth, sendReadiness } from './health.ts';
import { pathOf } from './path-of.ts';
import { sendError, sendNotFound } from './respond.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** Handles requests for one path. If it throws, the error is logged and the response is "Unexpected error." */
export type Page = (req: IncomingMessage, res: ServerResponse, requestId: string) => void | Promise<void>;

export interface RequestListenerOptions {
  readonly graphql: Endpoint;
  /** Further pages by path, such as `/schema.graphql`; `/sandbox/*` matches everything below `/sandbox/`. */
  readonly pages: ReadonlyMap<string, Page>;
  /** Whether the gateway can accept a reply now. */
  readonly isReady: () => boolean;
  readonly proxies: Pick<TrustedProxies, 'requestId'>;
  readonly logError: LogError;
}

/** For `http.createServer`. */
export function createRequestListener(options: RequestListenerOptions): RequestListener {
  const { graphql, isReady, proxies, logError } = options;
  const pageAt = createPageAt(options.pages);
  // The prefix differs between processes, the number within one.
  const prefix = randomBytes(6).toString('base64url');
  let count = 0;

  return (req, res) => {
    const requestId = proxies.requestId(req) ?? `${prefix}-${(count++).toString(36)}`;
    res.setHeader('x-request-id', requestId);
    res.setHeader('x-content-type-options', 'nosniff');
    // A proxy may send the absolute form: http://host/path.
    req.url = req.url?.replace(/^https?:\/\/[^/?]*/i, '');
    const path = pathOf(req);
    if (path === '/health') sendHealth(res);
    else if (path === '/ready') sendReadiness(res, isReady());
    else {
      const isGraphQL = path === '/graphql' || path === '/graphql/';
      const answered = isGraphQL
        ? graphql(req, res, requestId)
        : answerWith(pageAt(path), req, res, requestId);
      answered.catch((error: unknown) => {
        logError(`Unexpected error in request ${requestId}.`, error);
        if (!res.headersSent) sendError(req, res, 500, 'Unexpected error.', { requestId });
        else res.destroy();
      });
    }
  };
}

async function answerWith(
  page: Page | null,
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
): Promise<void> {
  if (page) await page(req, res, requestId);
  else sendNotFound(req, res);
}

function createPageAt(pages: ReadonlyMap<string, Page>): (path: string) => Page | null {
  const folders = [...pages].flatMap(([path, page]) =>
    path.endsWith('/*') ? [{ start: path.slice(0, -1), page }] : [],
  );
  return (path) => pages.get(path) ?? folders.find(({ start }) => path.startsWith(start))?.page ?? null;
}
