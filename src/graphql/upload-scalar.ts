/** The `Upload` scalar: a file of the multipart request that carries the operation. */

import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';
import { UploadedFile } from './uploaded-file.ts';

const explanation =
  'An Upload is a file of a multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec).';

builder.scalarType('Upload', {
  description: 'A file, sent beside the operation as the GraphQL multipart request specification describes.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: (value) => {
    if (!(value instanceof UploadedFile)) throw new GraphQLError(explanation);
    value.isTaken = true;
    return value;
  },
  parseLiteral: (node) => {
    throw new GraphQLError(explanation, { nodes: node });
  },
});
