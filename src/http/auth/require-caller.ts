/** Authenticates a request, or answers it with the reason for the refusal. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogError } from '../endpoint/errors.ts';
import { sendError } from '../respond.ts';
import type { Authenticate, AuthenticatedCaller } from './authenticate.ts';

/** `caller` is null for an allowed request without credentials; it cannot send replies. */
export interface AuthenticatedRequest {
  readonly caller: AuthenticatedCaller | null;
}

/** Resolves to null if the request was refused and answered, or if its client has disconnected. */
export type RequireCaller = (
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
) => Promise<AuthenticatedRequest | null>;

export function createRequireCaller(authenticate: Authenticate, logError: LogError): RequireCaller {
  return async (req, res, requestId) => {
    const { caller, refusal } = await authenticate(req);
    // If the client has disconnected in the meantime, the request emits no further event, not even `end`.
    if (!refusal) return req.destroyed ? null : { caller };
    if (refusal.cause) logError(`Request ${requestId} could not be authenticated.`, refusal.cause);
    if (refusal.status === 401) res.setHeader('www-authenticate', refusal.challenge);
    else res.setHeader('retry-after', '5');
    sendError(req, res, refusal.status, refusal.message);
    return null;
  };
}
