/** What is told of each operation to those who watch over the gateway. */

import type { ReplyReport } from '../../conversation/reply-to-conversation.ts';

export interface ReportedReply extends ReplyReport {
  /** `__typename` of the result, without `TYPE_PREFIX`. */
  readonly typeName: string;
}

export interface OperationReport {
  readonly requestId: string;
  /** The name that the document gives the operation; null where it has none, or where none was found. */
  readonly operationName: string | null;
  /** In the order in which they were carried out. */
  readonly replies: readonly ReportedReply[];
  /** Of the HTTP answer; null where the caller went away before it came. */
  readonly status: number | null;
  /** In milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
  readonly milliseconds: number;
  /** Of the files that came along. */
  readonly uploadBytes: number;
  /** The caller's W3C trace context, where it sent one. */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}
