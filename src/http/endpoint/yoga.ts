/** GraphQL Yoga, for all requests that the fast path does not handle: the first request with a document, GET, introspection and errors. */

import { type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql';
import {
  createYoga as createYogaServer,
  type GraphQLParams,
  type Plugin,
  type YogaServerInstance,
} from 'graphql-yoga';
import { coerceVariables } from '../../graphql/coerce-variables.ts';
import type { GraphQLContext } from '../../graphql/context.ts';
import type { UploadedFile } from '../../graphql/scalars/uploaded-file.ts';
import { sendError } from '../respond.ts';
import type { CheckedDocument, Documents } from './documents.ts';
import { BadRequest, type LogError, maskErrors } from './errors.ts';
import type { GraphQLRequest } from './graphql-request.ts';
import { parseQueryParams } from './params.ts';
import type { ResolveDocument } from './resolve-document.ts';

/** The context that the endpoint passes to Yoga. */
export interface YogaServerContext extends GraphQLRequest {
  /** Returns the parameters of a POST, whose body the endpoint has read; throws a GraphQLError for the client. */
  readonly readParams?: () => GraphQLParams;
  /** The length of the parameters of a POST in JSON. */
  readonly requestBytes?: number;
  /** The files of a multipart request. */
  readonly files?: readonly UploadedFile[];
  /** Resolves when a request with files is complete; null for any other request. */
  readonly wholeRequest: Promise<void> | null;
}

export type CreateContext = (request: GraphQLRequest, wholeRequest: Promise<void> | null) => GraphQLContext;

export interface YogaOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  readonly documents: Documents;
  /** For the parameters of a GET. */
  readonly resolveDocument: ResolveDocument;
  /** Whether introspection is enabled; if not, errors do not suggest names of the schema either. */
  readonly hasIntrospection: boolean;
  readonly logError: LogError;
}

export type Yoga = YogaServerInstance<YogaServerContext, GraphQLContext>;

export function createYoga(options: YogaOptions): Yoga {
  const { schema, createContext, logError } = options;
  return createYogaServer<YogaServerContext, GraphQLContext>({
    schema,
    context: (request) => createContext(request, request.wholeRequest),
    graphqlEndpoint: '/graphql',
    landingPage: false,
    multipart: false,
    cors: false,
    logging: false,
    // The endpoint reads and limits bodies.
    maxRequestBodySize: false,
    // `Documents` caches them by their size.
    parserAndValidationCache: false,
    // See useMaskedErrors, which logs the request id.
    maskedErrors: false,
    // The endpoint serves its own page.
    graphiql: false,
    plugins: [
      useDocuments(options.documents),
      useExactParams(options.resolveDocument),
      useExactExecution(options),
      useMaskedErrors(logError),
    ],
  });
}

type YogaPlugin = Plugin<PluginContext, YogaServerContext, GraphQLContext>;

interface PluginContext {
  checked?: CheckedDocument;
}

/** Parses and validates. */
function useDocuments(documents: Documents): YogaPlugin {
  return {
    onParse({ setParseFn, extendContext }) {
      setParseFn((text: string) => {
        const checked = documents.check(text);
        extendContext({ checked });
        return checked.document;
      });
      // As a parse error, it would lead to status 200 for some clients.
      return ({ result }) => {
        if (result instanceof BadRequest) throw result;
      };
    },
    onValidate({ context, setResult }) {
      setResult([...(context.checked?.errors ?? [])]);
    },
  };
}

/** Reads the parameters from the parsed body or from the URL, with all digits of their numbers. */
function useExactParams(resolveDocument: ResolveDocument): YogaPlugin {
  return {
    onRequestParse({ request, url, serverContext, setRequestParser }) {
      const { readParams } = serverContext;
      if (readParams) setRequestParser(readParams);
      if (request.method === 'GET')
        setRequestParser(() => resolveDocument(parseQueryParams(url.searchParams)));
    },
  };
}

/** Coerces variables with all digits of their numbers, and executes with graphql-js. */
function useExactExecution({ hasIntrospection }: YogaOptions): YogaPlugin {
  return {
    onExecute({ args, context, setExecuteFn, setResultAndStopExecution }) {
      const request = context as unknown as YogaServerContext & PluginContext;
      const { files = [], requestBytes = 0, checked, progress } = request;
      const operation = checked?.operation(args.operationName ?? undefined);
      progress.operationName = operation?.definition.name?.value ?? null;
      if (!operation) return setExecuteFn(execute);
      const stop = (errors: readonly GraphQLError[]) => setResultAndStopExecution({ errors });
      const refusal = operation.refusal(requestBytes);
      if (refusal) return stop([refusal]);
      const { coerced, errors } = coerceVariables(
        args.schema,
        operation.definition,
        args.variableValues ?? {},
        {
          hideSuggestions: !hasIntrospection,
        },
      );
      if (!files.every(({ isUsed }) => isUsed)) {
        return stop([new BadRequest('The map puts a file at a path that no variable of type Upload uses.')]);
      }
      if (errors) return stop(errors.map(asBadRequest));
      const answer = operation.constantAnswer();
      if (answer !== null) return setResultAndStopExecution(inJson(answer));
      args.variableValues = coerced;
      setExecuteFn(execute);
    },
  };
}

/** A result that Yoga sends as this JSON. */
function inJson(json: string): ExecutionResult {
  return { stringify: () => json } as ExecutionResult;
}

function useMaskedErrors(logError: LogError): YogaPlugin {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if ('errors' in result) setResult(maskErrors(result, serverContext.requestId, logError));
    },
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

export async function respondByYoga(yoga: Yoga, context: YogaServerContext): Promise<void> {
  const { req, res } = context;
  const { host } = req.headers;
  // Yoga builds a URL from it: it must not change another part of the URL, and Yoga fails if the URL is invalid.
  const isHost = host === undefined || (/^[^/?#@\\]*$/.test(host) && URL.canParse(`http://${host}`));
  if (!isHost) return sendError(req, res, 400, 'The header Host is invalid.');
  const response = await yoga.handleNodeRequestAndResponse(req, res, context);
  // Yoga's own writer waits forever if the client has disconnected.
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) res.setHeader(name, value);
  res.writeHead(response.status, { 'content-length': body.length });
  res.end(body);
  context.admitted.holdResponse(body.length);
}
