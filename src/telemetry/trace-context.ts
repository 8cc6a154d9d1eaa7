/** Reads the W3C trace context that a caller sent, which may be anything. */

import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** https://www.w3.org/TR/trace-context/: a later version may have more after the flags. */
const pattern = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** In characters; the specification asks for 512 at least. */
const maxState = 1_024;

/** Null where there is none, or none that is valid. */
export function readTraceContext(traceparent: string | null, tracestate: string | null): SpanContext | null {
  const [, version, traceId = '', spanId = '', flags = '', rest] =
    pattern.exec(traceparent?.trim() ?? '') ?? [];
  if (version === '00' && rest !== undefined) return null;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  if (!isSpanContextValid(context)) return null;
  if (!tracestate || tracestate.length > maxState) return context;
  return { ...context, traceState: createTraceState(tracestate) };
}
