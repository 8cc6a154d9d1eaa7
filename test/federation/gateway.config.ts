/** Hive Gateway in front of this gateway, as docs/federation.md shows it. */

import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  multipart: true,
  plugins: () => [
    {
      // `propagateHeaders` would omit these headers in retries.
      onFetch({ executionRequest, options }) {
        if (executionRequest?.subgraphName !== 'dashly') return;
        const { headers } = executionRequest.context;
        const forwarded = {
          authorization: headers['authorization'],
          'apollo-require-preflight': headers['apollo-require-preflight'],
          'x-api-key': process.env['DASHLY_GATEWAY_KEY'],
        };
        const present = Object.entries(forwarded).filter(([, value]) => value);
        options.headers = { ...options.headers, ...Object.fromEntries(present) };
      },
    },
  ],
  // Retries a request only if all of its replies have a key. Hive renames the variables.
  upstreamRetry: ({ subgraphName, executionRequest }) => {
    const inputs = Object.values(executionRequest.variables ?? {});
    const isSafe = inputs.length > 0 && inputs.every((input) => input?.idempotencyKey);
    return { maxRetries: subgraphName === 'dashly' && isSafe ? 2 : 0, retryDelay: 200 };
  },
});
