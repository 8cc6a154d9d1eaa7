/** The generated files: "npm run codegen" writes them with GraphQL Code Generator, "npm run check:schema" compares them. */

import type { CodegenConfig } from '@graphql-codegen/cli';
import {
  printDocuments,
  printFragments,
  printOperations,
  printPossibleTypes,
  printSandboxPage,
  printSubgraph,
  printTrustedDocuments,
  writtenBy,
} from './codegen-plugins.ts';
import { schema } from './src/graphql/schema.ts';

const config: CodegenConfig = {
  schema,
  documents: 'schema/operations/*.graphql',
  generates: {
    'schema/schema.graphql': { plugins: ['schema-ast'] },
    'schema/subgraph.graphql': writtenBy(printSubgraph),
    'schema/operations.ts': {
      ...writtenBy(printOperations),
      plugins: ['typescript-operations'],
      config: {
        useTypeImports: true,
        immutableTypes: true,
        // The documents select it everywhere.
        skipTypename: true,
        strictScalars: true,
        scalars: {
          ID: 'string',
          DateTime: 'string',
          JSONObject: 'Record<string, unknown>',
          Upload: 'File | Blob',
        },
      },
    },
    'schema/documents.ts': writtenBy(printDocuments),
    'schema/fragments.ts': writtenBy(printFragments),
    'schema/possible-types.ts': writtenBy(printPossibleTypes),
    'schema/trusted-documents.json': writtenBy(printTrustedDocuments),
    'docs/sandbox.md': writtenBy(printSandboxPage),
  },
};

export default config;
