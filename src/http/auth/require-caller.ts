/** Authenticates a request, or answers it with the reason for the refusal. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RefusalReport } from '../../telemetry/report.ts';
import type { LogError } from '../endpoint/errors.ts';
import type { ReportRefusal } from '../report-refusal.ts';
import { sendError } from '../respond.ts';
import type { Authenticate, AuthenticatedCaller } from './authenticate.ts';

/** `caller` is null for an allowed request without credentials; it cannot send replies. */
export interface AuthenticatedRequest {
  readonly caller: AuthenticatedCaller | null;
  readonly refusal?: never;
}

/** A request that was refused and answered. */
export interface RefusedRequest {
  readonly refusal: RefusalReport;
}

/** Resolves to null if the client has disconnected. */
export type RequireCaller = (
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
) => Promise<AuthenticatedRequest | RefusedRequest | null>;

export function createRequireCaller(
  authenticate: Authenticate,
  reportRefusal: ReportRefusal,
  logError: LogError,
): RequireCaller {
  return async (req, res, requestId) => {
    const { caller, refusal } = await authenticate(req);
    // If the client has disconnected in the meantime, the request emits no further event, not even `end`.
    if (!refusal) return req.destroyed ? null : { caller };
    if (refusal.cause) logError(`Request ${requestId} could not be authenticated.`, refusal.cause);
    if (refusal.status === 401) res.setHeader('www-authenticate', refusal.challenge);
    else res.setHeader('retry-after', '5');
    sendError(req, res, refusal.status, refusal.message);
    return { refusal: reportRefusal(req, refusal.message, refusal.callerId) };
  };
}
