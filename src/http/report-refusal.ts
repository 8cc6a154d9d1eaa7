/** Describes a request that is refused before its execution, for the log. */

import type { IncomingMessage } from 'node:http';
import type { RefusalReport } from '../telemetry/report.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** `callerId` is null if the caller is not known. */
export type ReportRefusal = (req: IncomingMessage, reason: string, callerId: string | null) => RefusalReport;

export function createReportRefusal({ clientAddress }: Pick<TrustedProxies, 'clientAddress'>): ReportRefusal {
  return (req, reason, callerId) => ({
    reason,
    callerId,
    clientAddress: clientAddress(req),
    origin: req.headers.origin ?? null,
  });
}

/** Logs the refusal of a request that has no report of an operation. */
export type LogRefusal = (message: string, requestId: string, refusal: RefusalReport) => void;
