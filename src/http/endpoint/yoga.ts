/**
 * Executes operations with GraphQL Yoga, which checks the parameters and the document first: for unusual parameters, new documents and
 * GET. The endpoint reads the request and sends the result itself, so Yoga's HTTP handler is not used.
 */

import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type GraphQLParams, type Plugin } from 'graphql-yoga';
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
  const yoga = createYoga<OperationContext>({
    schema,
    logging: false,
    // `Documents` caches them by their size.
    parserAndValidationCache: false,
    // The endpoint masks them and logs the request id.
    maskedErrors: false,
    plugins: [useDocuments(documents), useExecuteOperation(executeOperation)],
  });

  return async (params, read, graphqlRequest) => {
    const context: OperationContext = { graphqlRequest, read };
    // Yoga needs the method to refuse a mutation by GET.
    const request = new Request('http://localhost/graphql', { method: graphqlRequest.req.method ?? 'POST' });
    try {
      const result = await yoga.getResultForParams({ params, request }, context);
      if (!result || Symbol.asyncIterator in result) throw new Error('Yoga returned no single result.');
      return { operationName: context.operation?.name ?? null, result };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { operationName: null, result: { errors: [error] } };
    }
  };
}

/** Yoga passes it to the plugins, which add what they find. */
interface OperationContext {
  readonly graphqlRequest: GraphQLRequest;
  readonly read: ReadParams;
  checked?: CheckedDocument;
  operation?: Operation;
}

type OperationPlugin = Plugin<OperationContext>;

/** Parses and validates. */
function useDocuments(documents: Documents): OperationPlugin {
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
  };
}

function useExecuteOperation(executeOperation: ExecuteOperation): OperationPlugin {
  return {
    onExecute({ args, context, extendContext, setExecuteFn }) {
      const { graphqlRequest, read, checked } = context;
      const operation = checked?.operation(args.operationName ?? undefined);
      if (!operation) throw new Error('Yoga executes an operation that is not in the document.');
      extendContext({ operation });
      setExecuteFn(() => executeOperation(operation, args.variableValues ?? {}, read, graphqlRequest));
    },
  };
}
