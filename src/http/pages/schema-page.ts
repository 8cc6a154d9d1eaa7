/** Serves the schema at `/schema.graphql`, for code generators and for people. */

import type { RequireCaller } from '../auth/require-caller.ts';
import { discardRest } from '../discard-rest.ts';
import type { LogRefusal } from '../report-refusal.ts';
import { sendError } from '../respond.ts';
import type { Page } from '../router.ts';

/** Only authenticated callers can read `sdl`. */
export function createSchemaPage(sdl: string, requireCaller: RequireCaller, logRefusal: LogRefusal): Page {
  const body = Buffer.from(sdl);
  return async (req, res, requestId) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD');
      return sendError(req, res, 405, 'Method not allowed; use GET. GraphQL is at /graphql.');
    }
    const authenticated = await requireCaller(req, res, requestId);
    if (!authenticated) return;
    if (authenticated.refusal) {
      logRefusal('A request for the schema was refused.', requestId, authenticated.refusal);
      return;
    }
    res.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-cache',
    });
    res.end(body);
    discardRest(req);
  };
}
