/** Generates a supergraph from the description of the REST call by GraphQL Mesh. */

import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('dashly', {
        source: './openapi.json',
        endpoint: process.env['DASHLY_API_URL'] ?? '',
        operationHeaders: { authorization: "{context.headers['authorization']}" },
      }),
    },
  ],
});
