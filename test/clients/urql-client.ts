/** `@urql/core`, which sends files by itself. */

import { cacheExchange, createClient, fetchExchange, type OperationContext } from '@urql/core';
import type { CreateClient } from './client.ts';

/**
 * urql puts a signal of its own in the place of `fetchOptions.signal`, and unsubscribing from a mutation does not end its request:
 * https://github.com/urql-graphql/urql/issues/3377. So a signal has to come where it calls `fetch`. Its own is none that
 * a mutation needs: it fires when all is over.
 */
function cancelledBy(signal: AbortSignal): Partial<OperationContext> {
  return { fetch: (target, init) => fetch(target, { ...init, signal }) };
}

/** `preferGetMethod` is as it comes: it is for queries, and mutations are always posted. */
export const createUrqlClient: CreateClient = (url, headers) => {
  const client = createClient({
    url,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers },
  });
  return {
    async send(document, variables, { signal } = {}) {
      const { data, error } = await client.mutation(
        document,
        variables,
        signal ? cancelledBy(signal) : undefined,
      );
      // It rejects nothing: every failure is in `error`, beside which there may be data.
      if (error) return { error, said: error.message };
      if (!data) throw new Error('Neither data nor an error.');
      return { data };
    },
  };
};
