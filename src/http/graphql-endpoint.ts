/** The endpoint `/graphql`: a document that is known already takes the short way, everything else goes through Yoga. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { coerceVariables, type Variables } from '../graphql/coerce-variables.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import type { Yoga } from './create-yoga.ts';
import { type LogError, maskErrors } from './mask-errors.ts';
import { parseParams } from './parse-params.ts';
import type { PreparedOperations } from './prepared-operations.ts';
import { readBody } from './read-body.ts';
import { sendError } from './send-error.ts';

/** The largest JSON body, in bytes; attachments travel in requests of another type. */
const maxBodyBytes = 1024 * 1024;

export interface GraphQLEndpointOptions {
  readonly schema: GraphQLSchema;
  readonly yoga: Yoga;
  readonly operations: PreparedOperations;
  readonly createContext: (request: IncomingMessage) => GraphQLContext;
  readonly logError: LogError;
}

export type Endpoint = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => Promise<void>;

/**
 * Yoga parses, validates and negotiates; what it decided for a document or for an `Accept` header holds for the next
 * request as well, and is remembered. The short way only ever repeats such decisions, so that it has no rules of its own.
 */
export function createGraphQLEndpoint(options: GraphQLEndpointOptions): Endpoint {
  const { schema, yoga, operations, createContext, logError } = options;
  const mediaTypes = new LRUCache<string, string>({ max: 100 });

  return async (req, res, requestId) => {
    if (req.method !== 'POST') return void (await yoga(req, res, { req, res, requestId }));
    if (!isJson(req.headers['content-type'])) {
      const message =
        'A POST to this endpoint carries JSON: set the header "Content-Type: application/json".';
      return sendError(req, res, 415, message);
    }
    if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
      return sendError(req, res, 415, 'The body of the request is compressed; send it as it is.');
    }
    const body = await readBody(req, maxBodyBytes);
    if (body.kind === 'aborted') return;
    if (body.kind === 'tooLarge') {
      return sendError(req, res, 413, `The body of the request is larger than ${maxBodyBytes} bytes.`);
    }

    const accept = req.headers.accept ?? '*/*';
    const mediaType = mediaTypes.get(accept);
    const result = mediaType && (await executeKnown(body.text, req, requestId));
    if (mediaType && result) return sendResult(res, mediaType, result);

    await yoga(req, res, { req, res, requestId, bodyText: body.text });
    rememberMediaType(accept, res);
  };

  /** Null where something is new or wrong: then nothing was executed, and it is for Yoga to say what. */
  async function executeKnown(
    text: string,
    req: IncomingMessage,
    requestId: string,
  ): Promise<ExecutionResult | null> {
    const params = tryParse(text);
    if (!params?.query) return null;
    const operation = operations.get(params.query, params.operationName);
    if (!operation) return null;
    const { coerced } = coerceVariables(schema, operation.definition, params.variables);
    const result = coerced && (await operation.execute(createContext(req), coerced));
    return result ? maskErrors(result, requestId, logError) : null;
  }

  function rememberMediaType(accept: string, res: ServerResponse): void {
    const contentType = res.getHeader('content-type');
    if (res.statusCode !== 200 || typeof contentType !== 'string') return;
    if (/^application\/(?:graphql-response\+)?json(?:;|$)/.test(contentType))
      mediaTypes.set(accept, contentType);
  }
}

interface KnownParams {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
}

/** Only parameters without any oddity, about which it is Yoga that speaks. */
function tryParse(text: string): KnownParams | null {
  let params: GraphQLParams;
  try {
    params = parseParams(text);
  } catch {
    return null;
  }
  const { query, operationName, variables, extensions, ...others } = params as Record<string, unknown>;
  const isPlain =
    typeof query === 'string' &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions)) &&
    Object.keys(others).length === 0;
  return isPlain ? { query, operationName: operationName ?? undefined, variables: variables ?? {} } : null;
}

function isObject(value: unknown): value is Variables {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/(?:graphql\+)?json\s*(?:;\s*charset="?utf-?8"?\s*)?;?\s*$/i.test(contentType ?? '');
}

function sendResult(res: ServerResponse, mediaType: string, result: ExecutionResult): void {
  const body = Buffer.from(JSON.stringify(result));
  res.writeHead(200, { 'content-type': mediaType, 'content-length': body.length });
  res.end(body);
}
