/** Serves the schema at `/schema.graphql`, for code generators and for people. */

import type { Authenticate } from '../auth/authenticate.ts';
import { discardRest } from '../discard-rest.ts';
import type { LogRefusal, ReportRefusal } from '../report-refusal.ts';
import { sendError, sendRefusal } from '../respond.ts';
import type { Page } from '../router.ts';

/** Only authenticated callers can read `sdl`. */
export function createSchemaPage(
  sdl: string,
  authenticate: Authenticate,
  reportRefusal: ReportRefusal,
  logRefusal: LogRefusal,
): Page {
  const body = Buffer.from(sdl);
  return async (req, res, requestId) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return sendError(req, res, 405, 'Method not allowed; use GET. GraphQL is at /graphql.');
    }
    const { refusal } = await authenticate(req, requestId);
    if (refusal) {
      sendRefusal(req, res, refusal);
      const report = reportRefusal(req, refusal.message, refusal.callerId);
      logRefusal('A request for the schema was refused.', requestId, report);
      return;
    }
    if (req.destroyed) return;
    res.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-cache',
    });
    res.end(body);
    discardRest(req);
  };
}
