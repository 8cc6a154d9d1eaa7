/** The `Upload` scalar: a file of the multipart request that carries the operation. */

import { GraphQLError, type ValueNode } from 'graphql';
import { builder } from '../builder.ts';
import { UploadedFile } from './uploaded-file.ts';

/** A client that sends anything else has lost its file on the way, so this is a 400 even for a client that expects 200. */
function noFile(nodes?: ValueNode): GraphQLError {
  return new GraphQLError(
    'An Upload is a file, which goes beside the operation: send multipart/form-data with null in the variables, ' +
      'and the place of the file in the map (https://github.com/jaydenseric/graphql-multipart-request-spec).',
    { nodes: nodes ?? null, extensions: { http: { spec: false, status: 400 } } },
  );
}

builder.scalarType('Upload', {
  description: 'A file, sent beside the operation as the GraphQL multipart request specification describes.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: (value) => {
    if (!(value instanceof UploadedFile)) throw noFile();
    value.isUsed = true;
    return value;
  },
  parseLiteral: (node) => {
    throw noFile(node);
  },
});
