/** The report of one operation for logs, metrics and traces. */

import type { ReplyReport } from '../../conversation/reply-to-conversation.ts';

export interface ReportedReply extends ReplyReport {
  /** `__typename` of the result, without `TYPE_PREFIX`. */
  readonly typeName: string;
}

export interface OperationReport {
  readonly requestId: string;
  /** Null if the operation has no name or was not found. */
  readonly operationName: string | null;
  /** In the order of execution. */
  readonly replies: readonly ReportedReply[];
  /** The HTTP status; null if the client disconnected before the response was sent. */
  readonly status: number | null;
  /** In milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
  readonly milliseconds: number;
  /** The size of all uploaded files. */
  readonly uploadBytes: number;
  /** The W3C trace context of the caller, if it sent one. */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}
