/** Errors that the client can correct, and the masking of all others. */

import { type ExecutionResult, GraphQLError, Kind } from 'graphql';
import { RequestAborted } from '../../conversation/request-aborted.ts';

/** Logs an unexpected error; must not throw. */
export type LogError = (message: string, error: unknown) => void;

/** Keeps errors that are meant for the client; logs all others and replaces them with "Unexpected error." */
export function maskErrors(result: ExecutionResult, requestId: string, log: LogError): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => {
    const cause = unexpectedCause(error);
    if (cause === null) return error;
    // The client has disconnected: no error of the gateway.
    if (!(cause instanceof RequestAborted)) log(`Unexpected error in request ${requestId}.`, cause);
    const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId };
    // Yoga reads the status from `http` and removes it from the response.
    const status = 'data' in result ? {} : { http: { status: 500 } };
    return new GraphQLError('Unexpected error.', {
      path: error.path ?? null,
      extensions: { ...extensions, ...status },
    });
  });
  return { ...result, errors };
}

/** The original error, or null if it is a GraphQLError about a mistake of the client. */
function unexpectedCause(error: Error): Error | null {
  if (!(error instanceof GraphQLError)) return error;
  if (error.originalError != null) return unexpectedCause(error.originalError);
  // graphql-js reports an invalid value from our own resolver with a field node.
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
