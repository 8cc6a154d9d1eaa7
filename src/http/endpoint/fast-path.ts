/** Answers requests with a known document and `Accept` header without Yoga. */

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
   * Executes a request and answers it; `requestBytes` is the length of the parameters in JSON. Returns false if anything is new or
   * invalid: then nothing was executed, and Yoga must handle the request.
   */
  answer(
    params: GraphQLParams,
    requestBytes: number,
    request: GraphQLRequest,
    upload: Upload | null,
  ): Promise<boolean>;
  /** Remembers the media type of a response from Yoga for the next request with the same `Accept` header. */
  learn(req: IncomingMessage, res: ServerResponse): void;
}

/**
 * Yoga parses, validates and negotiates. Its decisions about a document or an `Accept` header also apply to the next request, so they
 * are cached. The fast path only repeats them and has no rules of its own.
 */
export function createFastPath({ schema, documents, createContext, logError }: FastPathOptions): FastPath {
  /** Media types of responses by the result of `negotiate`. */
  const mediaTypes = new Map<string, string>();

  return {
    async answer(allParams, requestBytes, request, upload) {
      const { req, requestId, progress } = request;
      const mediaType = mediaTypes.get(acceptOf(req));
      const params = mediaType && plainParams(allParams);
      const operation = params && documents.find(params.query)?.operation(params.operationName);
      if (!mediaType || !operation || operation.refusal(requestBytes)) return false;
      progress.operationName = operation.definition.name?.value ?? null;
      const compiled = operation.compiled();
      const coerced =
        compiled.coerceVariables(params.variables) ??
        coerceVariables(schema, operation.definition, params.variables).coerced;
      if (!coerced || upload?.files.some(({ isUsed }) => !isUsed)) return false;
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

/** From this size on, a response is written as bytes. */
const longBytes = 64 * 1024;

interface PlainParams {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/** Returns null for unusual parameters, which Yoga handles. */
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
  const { status, body } = result.errors
    ? statusAndBody(result, result.errors)
    : { status: 200, body: result };
  // A string is sent in one write with the headers.
  sendJson(request, status, mediaType, JSON.stringify(body));
}

function sendJson({ res, admitted }: GraphQLRequest, status: number, mediaType: string, json: string): void {
  const bytes = Buffer.byteLength(json);
  res.writeHead(status, { 'content-type': mediaType, 'content-length': bytes });
  // Node would keep a long string in memory beside its bytes.
  res.end(bytes > longBytes ? Buffer.from(json) : json);
  admitted.holdResponse(bytes);
}

/** Like Yoga, reads the status from the extension `http` of the errors and removes that extension. */
function statusAndBody(result: ExecutionResult, errors: readonly GraphQLError[]) {
  let status = 200;
  const publicErrors = errors.map((error) => {
    const { extensions: { http, ...extensions } = {}, ...rest } = error.toJSON();
    if (hasStatus(http)) status = Math.max(status, http.status);
    return Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
  });
  return { status, body: { ...result, errors: publicErrors } };
}

function hasStatus(http: unknown): http is { readonly status: number } {
  return typeof http === 'object' && http !== null && 'status' in http && typeof http.status === 'number';
}
