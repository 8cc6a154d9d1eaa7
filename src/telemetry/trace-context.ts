/** Reads the W3C trace context of a client. Apart from `traces.ts`, so that the log does not load OpenTelemetry. */

/** https://www.w3.org/TR/trace-context/: a later version may have more fields after the flags. */
const traceparentPattern =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

export interface Traceparent {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** Null if the header is missing or invalid. */
export function readTraceparent(header: string | null): Traceparent | null {
  const match = header === null ? null : traceparentPattern.exec(header.trim());
  if (!match) return null;
  const [, version, traceId = '', spanId = '', flags = '', rest] = match;
  if (version === '00' && rest !== undefined) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}
