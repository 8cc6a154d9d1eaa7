/** The short way for a request whose document and `Accept` header are known already. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { Variables } from '../../executor/variables.ts';
import { coerceVariables } from '../../graphql/coerce-variables.ts';
import { batchResponses } from './batch-responses.ts';
import type { Documents } from './documents.ts';
import { type LogError, maskErrors } from './errors.ts';
import type { GraphQLRequest, Upload } from './graphql-request.ts';
import { hasOnlyParameters } from './params.ts';
import type { CreateContext } from './yoga.ts';

export interface FastPathOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly createContext: CreateContext;
  readonly logError: LogError;
}

export interface FastPath {
  /**
   * Executes a request, whose parameters were so many bytes of JSON, and answers it. False if something is new or wrong: then
   * nothing was executed, and Yoga says what.
   */
  answer(
    params: GraphQLParams,
    requestBytes: number,
    request: GraphQLRequest,
    upload: Upload | null,
  ): Promise<boolean>;
  /** Learns from an answer of Yoga's how to answer the next request with the same `Accept` header. */
  learn(req: IncomingMessage, res: ServerResponse): void;
}

/**
 * Yoga parses, validates and negotiates; what it decided for a document or for an `Accept` header holds for the next
 * request as well, and is remembered. The short way only ever repeats such decisions, so that it has no rules of its own.
 */
export function createFastPath({ schema, documents, createContext, logError }: FastPathOptions): FastPath {
  /** By what `negotiate` made of the header. */
  const mediaTypes = new Map<string, string>();

  return {
    async answer(given, requestBytes, request, upload) {
      const { req, requestId, progress } = request;
      const mediaType = mediaTypes.get(acceptOf(req));
      const params = mediaType && plainParams(given);
      const operation = params && documents.find(params.query)?.operation(params.operationName);
      if (!mediaType || !operation || operation.refusal(requestBytes)) return false;
      progress.operationName = operation.definition.name?.value ?? null;
      const compiled = operation.compiled();
      const coerced =
        compiled.coerceVariables(params.variables) ??
        coerceVariables(schema, operation.definition, params.variables).coerced;
      if (!coerced || upload?.files.some(({ isTaken }) => !isTaken)) return false;
      const answer = operation.constantAnswer();
      if (answer !== null) {
        sendJson(request, 200, mediaType, answer);
        return true;
      }
      const result = await compiled.execute(createContext(request, upload?.whole ?? null), coerced);
      await batchResponses();
      sendResult(request, mediaType, maskErrors(result, requestId, logError));
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

const longBytes = 64 * 1024;

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

function sendResult(request: GraphQLRequest, mediaType: string, result: ExecutionResult): void {
  const { status, shown } = result.errors
    ? statusAndErrors(result, result.errors)
    : { status: 200, shown: result };
  // As a text it leaves in one write with the headers.
  sendJson(request, status, mediaType, JSON.stringify(shown));
}

function sendJson({ res, admitted }: GraphQLRequest, status: number, mediaType: string, json: string): void {
  const bytes = Buffer.byteLength(json);
  res.writeHead(status, { 'content-type': mediaType, 'content-length': bytes });
  // A long text would be kept beside the bytes that are made of it.
  res.end(bytes > longBytes ? Buffer.from(json) : json);
  admitted.holdResponse(bytes);
}

/** As Yoga does: an error may say which status the answer is to have, and that is no part of it. */
function statusAndErrors(result: ExecutionResult, errors: readonly GraphQLError[]) {
  let status = 200;
  const shown = errors.map((error) => {
    const { extensions: { http, ...extensions } = {}, ...rest } = error.toJSON();
    if (hasStatus(http)) status = Math.max(status, http.status);
    return Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
  });
  return { status, shown: { ...result, errors: shown } };
}

function hasStatus(http: unknown): http is { readonly status: number } {
  return typeof http === 'object' && http !== null && 'status' in http && typeof http.status === 'number';
}
