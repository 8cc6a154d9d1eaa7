/** `graphql-request`, which sends no files (it did up to version 4): a middleware replaces the JSON by a form. */

import { ClientError, GraphQLClient, type RequestMiddleware } from 'graphql-request';
import type { CreateClient } from './client.ts';
import { extractFiles, multipartForm } from './multipart-form.ts';

/** The body is JSON already, in which a file is `{}`; the variables are the original ones. */
const sendFiles: RequestMiddleware = (request) => {
  const { variables, files } = extractFiles(request.variables ?? {});
  if (Object.keys(files).length === 0) return request;
  const headers = new Headers(request.headers);
  // `fetch` writes the type of a form, with its boundary.
  headers.delete('content-type');
  const params = { ...JSON.parse(String(request.body)), variables };
  return { ...request, headers, body: multipartForm(params, files) };
};

export const createGraphQLRequestClient: CreateClient = (url, headers) => {
  const client = new GraphQLClient(url, { headers, requestMiddleware: sendFiles });
  return {
    async send(document, variables, { signal } = {}) {
      try {
        // Its types require variables only for documents that have some, which the types of a generic document cannot express.
        const options = { document, variables, signal: signal ?? null } as Parameters<
          typeof client.request
        >[0];
        return { data: (await client.request(options)) as never };
      } catch (error) {
        // Errors and every status but 2xx reject. The message contains the whole request, including the text of the reply.
        const errors = error instanceof ClientError ? error.response.errors : [];
        return { error: error as Error, said: errors?.map(({ message }) => message).join() ?? '' };
      }
    },
  };
};
