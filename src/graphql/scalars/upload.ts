/** The `Upload` scalar of graphql-upload-ts: a file of a multipart request. */

import { GraphQLError, type ValueNode } from 'graphql';
import { GraphQLUpload } from 'graphql-upload-ts';
import { builder } from '../builder.ts';
import type { UploadedFile } from './uploaded-file.ts';

builder.addScalarType('Upload', GraphQLUpload, {
  description: 'A file, sent as the GraphQL multipart request specification describes.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  parseValue: (value) => {
    try {
      GraphQLUpload.parseValue(value);
    } catch {
      throw noFile();
    }
    // Not the library's promise: variables are coerced again by graphql-js when it executes, and it would reject a promise.
    return value as UploadedFile;
  },
  parseLiteral: (node) => {
    throw noFile(node);
  },
});

/** The library's errors do not say what to do. The client lost its file, so the status is 400 even if it expects 200. */
function noFile(nodes: ValueNode | null = null): GraphQLError {
  return new GraphQLError(
    'An Upload must be a file: send multipart/form-data with null in the variables and the path of the variable in ' +
      'the map (https://github.com/jaydenseric/graphql-multipart-request-spec).',
    { nodes, extensions: { http: { spec: false, status: 400 } } },
  );
}
