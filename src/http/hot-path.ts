/** The short way for a request whose document and `Accept` header are known already. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { coerceVariables, type Variables } from '../graphql/coerce-variables.ts';
import type { AcceptedRequest } from './accepted-request.ts';
import type { CreateContext } from './create-yoga.ts';
import { type LogError, maskErrors } from './mask-errors.ts';
import { hasOnlyParameters } from './parse-params.ts';
import type { PreparedOperations } from './prepared-operations.ts';

export interface HotPathOptions {
  readonly schema: GraphQLSchema;
  readonly operations: PreparedOperations;
  readonly createContext: CreateContext;
  readonly logError: LogError;
}

export interface HotPath {
  /**
   * Executes a request and answers it. False where something is new or wrong: then nothing was executed, and it is for Yoga
   * to say what.
   */
  answer(params: GraphQLParams, request: AcceptedRequest): Promise<boolean>;
  /** Learns from an answer of Yoga's how to answer the next request with the same `Accept` header. */
  learn(req: IncomingMessage, res: ServerResponse): void;
}

/**
 * Yoga parses, validates and negotiates; what it decided for a document or for an `Accept` header holds for the next
 * request as well, and is remembered. The short way only ever repeats such decisions, so that it has no rules of its own.
 */
export function createHotPath({ schema, operations, createContext, logError }: HotPathOptions): HotPath {
  /** By what `negotiate` made of the header. */
  const mediaTypes = new Map<string, string>();

  return {
    async answer(given, request) {
      const { req, res, requestId, progress } = request;
      const mediaType = mediaTypes.get(acceptOf(req));
      const params = mediaType && plainParams(given);
      const operation = params && operations.get(params.query, params.operationName);
      if (!mediaType || !operation) return false;
      progress.operationName = operation.definition.name?.value ?? null;
      const coerced =
        operation.coercePlainly(params.variables) ??
        coerceVariables(schema, operation.definition, params.variables).coerced;
      const result = coerced && (await operation.execute(createContext(request, null), coerced));
      if (!result) return false;
      sendResult(res, mediaType, maskErrors(result, requestId, logError));
      return true;
    },
    learn(req, res) {
      const contentType = res.getHeader('content-type');
      if (res.statusCode !== 200 || typeof contentType !== 'string') return;
      if (/^application\/(?:graphql-response\+)?json(?:;|$)/.test(contentType)) {
        mediaTypes.set(acceptOf(req), contentType);
      }
    },
  };
}

function acceptOf(req: IncomingMessage): string {
  return req.headers.accept ?? '*/*';
}

interface PlainParams {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/** Only parameters without any oddity, about which it is Yoga that speaks. */
function plainParams(params: GraphQLParams): PlainParams | null {
  const { query, operationName, variables, extensions } = params as Record<string, unknown>;
  const isPlain =
    typeof query === 'string' &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions)) &&
    hasOnlyParameters(params);
  return isPlain ? { query, operationName: operationName ?? undefined, variables: variables ?? {} } : null;
}

function isObject(value: unknown): value is Variables {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sendResult(res: ServerResponse, mediaType: string, result: ExecutionResult): void {
  // As a text it leaves in one write with the headers.
  const body = JSON.stringify(result);
  res.writeHead(200, { 'content-type': mediaType, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
