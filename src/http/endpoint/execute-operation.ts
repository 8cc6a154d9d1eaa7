/** Executes an operation of a valid document, unless its size, its variables or its files do not allow it. */

import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Variables } from '../../executor/variables.ts';
import type { GraphQLContext } from '../../graphql/context.ts';
import type { Operation } from '../documents/operation.ts';
import { refusalError, refuseNotAdmitted } from '../respond.ts';
import { hasUnusedFile } from '../uploads/unused-files.ts';
import { BadRequest } from './errors.ts';
import type { OperationRequest, ReadParams, Upload } from './graphql-request.ts';

export type CreateContext = (request: OperationRequest, upload: Upload | null) => GraphQLContext;

export type ExecuteOperation = (
  operation: Operation,
  variables: Variables,
  read: ReadParams,
  request: OperationRequest,
) => ExecutionResult | PromiseLike<ExecutionResult>;

/** Used with Yoga and without it, so that both give the same result. */
export function createExecuteOperation(
  schema: GraphQLSchema,
  createContext: CreateContext,
): ExecuteOperation {
  return (operation, variables, { bytes, upload }, request) => {
    const refusal = operation.refusal(bytes);
    if (refusal) return { errors: [refusal] };
    const { coerced, errors } = operation.coerceVariables(variables);
    if (upload && hasUnusedFile(upload.files, variables, operation.definition, schema)) {
      return {
        errors: [new BadRequest('The map puts a file at a path that no variable of type Upload uses.')],
      };
    }
    if (errors) return { errors: errors.map(asBadRequest) };
    const limit = request.admitted.reserve(operation.heldBytes);
    if (limit) return { errors: [refusalError(refuseNotAdmitted(limit))] };
    return operation.execute(createContext(request, upload), coerced);
  };
}

/** How many characters of a long message are kept, at its start and end. */
const kept = { start: 200, end: 300 };

/**
 * Adds the status of GraphQL over HTTP for a request that was not executed: 400, or 200 for clients that accept only
 * `application/json` (`spec`).
 */
function asBadRequest(error: GraphQLError): GraphQLError {
  // graphql-js prints an exact number as its object: { rawJSON: "12345678901234567890" }.
  const text = error.message.replace(/\{ rawJSON: "([^"]*)" \}/g, '$1');
  // graphql-js prints the whole invalid value, such as a file in base64, before the reason.
  const isLong = text.length > kept.start + kept.end;
  const message = isLong ? `${text.slice(0, kept.start)}…${text.slice(-kept.end)}` : text;
  const http = error.extensions['http'] ?? { spec: true, status: 400 };
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT', http },
  });
}
