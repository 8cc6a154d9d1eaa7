/** The id of a trace in the log, without a collector. */

import { expect, test } from 'vitest';
import { askJson } from '../support/gateway/ask.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

test('the log has the id of a valid traceparent only', async () => {
  const { url, lines } = await startGateway();
  const headers = [
    { traceparent: `00-${traceId}-b7ad6b7169203331-00` },
    { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` },
    { traceparent: 'x' },
    {},
  ];
  for (const one of headers) await askJson(url, { query: '{ __typename }' }, { ...one });
  expect(lines().map((line) => line['trace_id'])).toEqual([traceId, undefined, undefined, undefined]);
});
