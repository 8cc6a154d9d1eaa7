/** `@apollo/client` with `apollo-upload-client`, whose link sends files. */

import { ApolloClient, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
// @ts-expect-error Its types are in comments only, which the compiler reads in packages only with `allowJs`.
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { possibleTypes } from '../../../schema/possible-types.ts';
import type { CreateClient } from './client.ts';

export const createApolloClient: CreateClient = (uri, headers) => ({
  async send(document, variables, { signal } = {}) {
    const client = new ApolloClient({
      link: new UploadHttpLink({ uri, headers }),
      // The result of `mutate` has passed the cache, which drops fields of interfaces without known possible types.
      cache: new InMemoryCache({ possibleTypes }),
      // It would also drop those of members of later versions. Replies need no cache anyway.
      defaultOptions: { mutate: { fetchPolicy: 'no-cache' } },
    });
    try {
      // It selects `__typename` everywhere. By default (`errorPolicy`) errors reject; with `all` they would be next to the data.
      const { data } = await client.mutate({
        mutation: document,
        variables,
        context: { fetchOptions: { signal } },
      });
      if (!data) throw new Error('Neither data nor an error.');
      return { data };
    } catch (error) {
      return { error: error as Error, said: saidIn(error) };
    } finally {
      client.stop();
    }
  },
});

/** A rejection in `application/json` is a `ServerError` with the body as a text; one in GraphQL's own media type is parsed. */
function saidIn(error: unknown): string {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ message }) => message).join();
  return ServerError.is(error) ? error.bodyText : '';
}
