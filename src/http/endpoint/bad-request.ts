/** A request that the caller has to mend: told as it is, in the errors of the answer. */

import { GraphQLError } from 'graphql';

/** 400, 408 if the request is too slow, or 413 if something is too large. */
export type BadRequestStatus = 400 | 408 | 413;

export class BadRequest extends GraphQLError {
  readonly status: BadRequestStatus;

  constructor(message: string, status: BadRequestStatus = 400) {
    super(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
    this.status = status;
  }
}
