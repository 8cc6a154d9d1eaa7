/** Hides what was not expected to fail: the log has all of it, the caller gets an id to ask for. */

import { type ExecutionResult, GraphQLError } from 'graphql';

/** Where unexpected errors go; must not throw. */
export type LogError = (message: string, error: unknown) => void;

/** Lets errors pass that were made for the caller to read; logs any other and puts "Unexpected error." in its place. */
export function maskErrors(result: ExecutionResult, requestId: string, log: LogError): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => maskError(error, requestId, log)) };
}

function maskError(error: GraphQLError, requestId: string, log: LogError): GraphQLError {
  const cause = unexpectedCause(error);
  if (cause === null) return error;
  log(`Unexpected error in request ${requestId}.`, cause);
  return new GraphQLError('Unexpected error.', {
    path: error.path ?? null,
    // `unexpected` is what Yoga goes by when it chooses the status 500.
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true, requestId },
  });
}

/** The error at the root, unless a GraphQLError was thrown on purpose. */
function unexpectedCause(error: Error): Error | null {
  if (!(error instanceof GraphQLError)) return error;
  return error.originalError == null ? null : unexpectedCause(error.originalError);
}
