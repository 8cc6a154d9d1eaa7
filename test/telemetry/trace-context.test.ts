/** Which trace context of a caller's is taken. */

import { expect, test } from 'vitest';
import { readTraceContext } from '../../src/telemetry/trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test.each([
  [`00-${traceId}-${spanId}-01`, 1],
  [`00-${traceId}-${spanId}-00`, 0],
  [` 00-${traceId}-${spanId}-01 `, 1],
  [`cc-${traceId}-${spanId}-01-what-the-future-will-be`, 1],
])('%j is valid', (traceparent, traceFlags) => {
  expect(readTraceContext(traceparent, null)).toEqual({ traceId, spanId, traceFlags, isRemote: true });
});

test.each([
  [null],
  [''],
  ['garbage'],
  [`00-${traceId}-${spanId}`],
  [`00-${traceId}-${spanId}-01-more`],
  [`ff-${traceId}-${spanId}-01`],
  [`00-${traceId.toUpperCase()}-${spanId}-01`],
  [`00-${'0'.repeat(32)}-${spanId}-01`],
  [`00-${traceId}-${'0'.repeat(16)}-01`],
  [`00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
])('%j is not', (traceparent) => {
  expect(readTraceContext(traceparent, 'a=b')).toBeNull();
});

test('the state goes with it, unless it is too long', () => {
  const read = (state: string) => readTraceContext(`00-${traceId}-${spanId}-01`, state)?.traceState;
  expect(read('vendor=value,other=1')?.serialize()).toBe('vendor=value,other=1');
  expect(read(`vendor=${'x'.repeat(2_000)}`)).toBeUndefined();
});
