/** A multipart request that is malformed or too large; the caller is told. */

import { GraphQLError } from 'graphql';

export class MultipartError extends GraphQLError {
  readonly status: 400 | 413;

  constructor(message: string, status: 400 | 413 = 400) {
    super(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
    this.status = status;
  }
}
