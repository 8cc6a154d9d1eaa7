/**
 * Executes operations with GraphQL Yoga, which checks the parameters and the document first: for unusual parameters, new documents and
 * GET. The endpoint reads the request and sends the result itself, so Yoga's HTTP handler is not used.
 */

import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type GraphQLParams, type Plugin } from 'graphql-yoga';
import type { Variables } from '../../executor/variables.ts';
import type { CheckedDocument, Documents } from '../documents/documents.ts';
import type { Operation } from '../documents/operation.ts';
import { BadRequest } from './errors.ts';
import type { ExecuteOperation } from './execute-operation.ts';
import type { Executed, GraphQLRequest, ReadParams } from './graphql-request.ts';

export type ExecuteWithYoga = (
  params: GraphQLParams,
  read: ReadParams,
  request: GraphQLRequest,
) => Promise<Executed>;

export function createExecuteWithYoga(
  schema: GraphQLSchema,
  documents: Documents,
  executeOperation: ExecuteOperation,
): ExecuteWithYoga {
  const yoga = createYoga<YogaContext>({
    schema,
    logging: false,
    // `Documents` caches them by their size.
    parserAndValidationCache: false,
    // The endpoint masks them and logs the request id.
    maskedErrors: false,
    plugins: [useDocuments(documents)],
  });

  return async (params, read, graphqlRequest) => {
    let operationName: string | null = null;
    const context: YogaContext = {
      execute(operation, variables) {
        operationName = operation.name;
        return executeOperation(operation, variables, read, graphqlRequest);
      },
    };
    // Yoga needs the method to refuse a mutation by GET.
    const request = new Request('http://localhost/graphql', { method: graphqlRequest.req.method ?? 'POST' });
    try {
      const result = await yoga.getResultForParams({ params, request }, context);
      if (!result || Symbol.asyncIterator in result) throw new Error('Yoga returned no single result.');
      return { operationName, result };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { operationName: null, result: { errors: [error] } };
    }
  };
}

interface YogaContext {
  /** Executes an operation for the request. */
  readonly execute: (operation: Operation, variables: Variables) => ReturnType<ExecuteOperation>;
  /** Missing until the document is parsed. */
  readonly checked?: CheckedDocument;
}

/** Parses, validates and executes our own way. */
function useDocuments(documents: Documents): Plugin<YogaContext> {
  return {
    onParse({ setParseFn, extendContext }) {
      setParseFn((text: string) => {
        const checked = documents.check(text);
        extendContext({ checked });
        return checked.document;
      });
      // As a parse error, it would have status 200 for some clients.
      return ({ result }) => {
        if (result instanceof BadRequest) throw result;
      };
    },
    onValidate({ context, setResult }) {
      setResult([...(context.checked?.errors ?? [])]);
    },
    onExecute({ args, context: { checked, execute }, setExecuteFn }) {
      const operation = checked?.operation(args.operationName ?? undefined);
      if (!operation) throw new Error('Yoga executes an operation that is not in the document.');
      setExecuteFn(() => execute(operation, args.variableValues ?? {}));
    },
  };
}
