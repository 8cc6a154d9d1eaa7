/** The `Upload` scalar: a file of a multipart request. */

import { GraphQLError, type ValueNode } from 'graphql';
import { builder } from '../builder.ts';
import { UploadedFile } from './uploaded-file.ts';

/** Any other value means that the client lost its file, so the status is 400 even for a client that expects 200. */
function noFile(nodes?: ValueNode): GraphQLError {
  return new GraphQLError(
    'An Upload must be a file: send multipart/form-data with null in the variables and the path of the variable in ' +
      'the map (https://github.com/jaydenseric/graphql-multipart-request-spec).',
    { nodes: nodes ?? null, extensions: { http: { spec: false, status: 400 } } },
  );
}

/*
 * Not `GraphQLUpload` of graphql-upload-ts: all of its functions would have to be replaced. Its promise resolves to a complete file
 * or rejects, but a file over the limit is a value here, so that it becomes `AttachmentTooBigError`. Its error has no status 400. Its
 * `Upload` has no `toJSON`, so messages about a variable would print its internals.
 */
builder.scalarType('Upload', {
  description: 'A file, sent as the GraphQL multipart request specification describes.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: (value) => {
    if (!(value instanceof UploadedFile)) throw noFile();
    return value;
  },
  parseLiteral: (node) => {
    throw noFile(node);
  },
});
