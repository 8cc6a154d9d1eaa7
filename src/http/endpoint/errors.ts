/** Errors of a request: those that the client can correct, and the masking of all others. */

import { type ExecutionResult, GraphQLError, Kind } from 'graphql';
import { RequestAborted } from '../../conversation/request-aborted.ts';

/** Where unexpected errors go; must not throw. */
export type LogError = (message: string, error: unknown) => void;

/** Lets errors pass that were made for the caller to read; logs any other and puts "Unexpected error." in its place. */
export function maskErrors(result: ExecutionResult, requestId: string, log: LogError): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => {
    const cause = unexpectedCause(error);
    if (cause === null) return error;
    // Nobody reads the answer, and nothing went wrong here.
    if (!(cause instanceof RequestAborted)) log(`Unexpected error in request ${requestId}.`, cause);
    const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId };
    // Yoga takes the status from `http` and leaves it out of the answer.
    const status = 'data' in result ? {} : { http: { status: 500 } };
    return new GraphQLError('Unexpected error.', {
      path: error.path ?? null,
      extensions: { ...extensions, ...status },
    });
  });
  return { ...result, errors };
}

/** The error at the root, or null where it is a GraphQLError that tells the caller of the caller's own mistake. */
function unexpectedCause(error: Error): Error | null {
  if (!(error instanceof GraphQLError)) return error;
  if (error.originalError != null) return unexpectedCause(error.originalError);
  // graphql-js points at a field where it cannot use what our own resolver returned.
  const isOurs = error.path === undefined && error.nodes?.every(({ kind }) => kind === Kind.FIELD);
  return isOurs && !error.extensions['code'] ? error : null;
}

/** 400, 408 if the request is too slow, or 413 if something is too large. */
export type BadRequestStatus = 400 | 408 | 413;

export class BadRequest extends GraphQLError {
  readonly status: BadRequestStatus;

  constructor(message: string, status: BadRequestStatus = 400) {
    super(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
    this.status = status;
  }
}
