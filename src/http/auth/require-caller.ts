/** Lets in whoever proves to be a caller, and tells all others why not. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogError } from '../endpoint/errors.ts';
import { sendError } from '../respond.ts';
import type { Authenticate, AuthenticatedCaller } from './authenticate.ts';

/** `caller` is null where it has nothing to call Dashly with, and may look around all the same. */
export interface AuthenticatedRequest {
  readonly caller: AuthenticatedCaller | null;
}

/** Resolves to null where the request is refused, and answered, or where its client has gone meanwhile. */
export type RequireCaller = (
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
) => Promise<AuthenticatedRequest | null>;

export function createRequireCaller(authenticate: Authenticate, logError: LogError): RequireCaller {
  return async (req, res, requestId) => {
    const { caller, refusal } = await authenticate(req);
    // It may have gone while that was found out; then nothing more comes of it, not even its end.
    if (!refusal) return req.destroyed ? null : { caller };
    if (refusal.cause) logError(`Request ${requestId} could not be authenticated.`, refusal.cause);
    if (refusal.status === 401) res.setHeader('www-authenticate', refusal.challenge);
    else res.setHeader('retry-after', '5');
    sendError(req, res, refusal.status, refusal.message);
    return null;
  };
}
