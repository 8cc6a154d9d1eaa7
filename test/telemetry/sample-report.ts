/** Builds reports of operations as the endpoint does; a test states only the differences. */

import type { ReplyOutcome, SentReply } from '../../src/conversation/reply-outcome.ts';
import { decodeReply } from '../../src/dashly/decode-part.ts';
import { collectUndocumented } from '../../src/dashly/inspection/collect-undocumented.ts';
import { typeNameOf } from '../../src/graphql/reply/result.ts';
import type { OperationReport, ReportedReply } from '../../src/telemetry/report.ts';
import { documentedAnswer } from '../support/upstream/start-upstream.ts';

const decoded = decodeReply(documentedAnswer.data, collectUndocumented().source);
if (!decoded) throw new Error('The documented answer has no reply.');

export const sent: SentReply = { kind: 'sent', ...decoded, replayed: false, recovered: false };
export const refused: ReplyOutcome = {
  kind: 'notAuthenticated',
  message: 'message-of-a-refusal',
  delivery: 'NOT_DELIVERED',
};
export const lost: ReplyOutcome = {
  kind: 'dashlyUnavailable',
  message: 'message-of-a-loss',
  delivery: 'UNKNOWN',
  reason: 'TIMEOUT',
};
export const overloaded: ReplyOutcome = {
  kind: 'gatewayUnavailable',
  message: 'message-of-an-overload',
  delivery: 'NOT_DELIVERED',
  reason: 'OVERLOADED',
};

const startedAt = 1_700_000_000_000.25;

/** By default a call that took 20.25 ms and got this status; the status `'no call'` means that there was no call. */
export function sampleReply(
  outcome: ReplyOutcome,
  status: number | null | 'no call' = 200,
  isReplay = false,
): ReportedReply {
  const upstreamCall =
    status === 'no call'
      ? null
      : { status, error: null, startedAt: startedAt + 5, milliseconds: 20.25, match: null };
  const trace = { conversationId: '7', randomId: 77, idempotencyKey: null };
  return { typeName: typeNameOf(outcome), outcome, trace, isReplay, upstreamCall };
}

export function sampleReport(differences: Partial<OperationReport> = {}): OperationReport {
  return {
    requestId: 'abcdefgh-1',
    operationName: 'Reply',
    replies: [],
    refusal: null,
    status: 200,
    startedAt,
    milliseconds: 30.515625,
    uploadBytes: 0,
    traceparent: null,
    tracestate: null,
    ...differences,
  };
}
