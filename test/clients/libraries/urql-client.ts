/** `@urql/core`, which sends files by itself. */

import { cacheExchange, createClient, fetchExchange, type OperationContext } from '@urql/core';
import type { CreateClient } from './client.ts';

/**
 * urql overwrites `fetchOptions.signal` by its own signal, and unsubscribing from a mutation does not end its request:
 * https://github.com/urql-graphql/urql/issues/3377. So `fetch` gets the signal of the caller. A mutation does not need that of urql, which
 * fires when the operation has ended.
 */
function cancelledBy(signal: AbortSignal): Partial<OperationContext> {
  return { fetch: (target, init) => fetch(target, { ...init, signal }) };
}

/** `preferGetMethod` has its default: it concerns queries, and mutations are always posted. */
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
      // It never rejects: every failure is in `error`, possibly next to data.
      if (error) return { error, said: error.message };
      if (!data) throw new Error('Neither data nor an error.');
      return { data };
    },
  };
};
