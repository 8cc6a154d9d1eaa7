/** Plain `fetch`, without a client library. */

import { print } from 'graphql';
import type { CreateClient } from './client.ts';
import { extractFiles, multipartForm } from './multipart-form.ts';

export const createFetchClient: CreateClient = (url, headers) => ({
  async send(document, givenVariables, { signal } = {}) {
    const { variables, files } = extractFiles(givenVariables);
    const params = { query: print(document), variables };
    const hasFiles = Object.keys(files).length > 0;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: hasFiles ? headers : { ...headers, 'content-type': 'application/json' },
        body: hasFiles ? multipartForm(params, files) : JSON.stringify(params),
        signal: signal ?? null,
      });
      const { data, errors } = await response.json();
      if (!errors) return { data };
      const said = errors.map(({ message }: Error) => message).join();
      return { error: new Error(said), said };
    } catch (error) {
      return { error: error as Error, said: '' };
    }
  },
});
