/** GraphQL Yoga, which executes what the fast path does not: a document's first request, GET, introspection and every error. */

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

/** What the endpoint tells Yoga of a request. */
export interface YogaServerContext extends GraphQLRequest {
  /** Reads the parameters of a POST, whose body the endpoint has taken; throws a GraphQLError for the caller. */
  readonly readParams?: () => GraphQLParams;
  /** How many bytes of JSON the parameters of a POST were. */
  readonly requestBytes?: number;
  /** The files of a multipart request. */
  readonly files?: readonly UploadedFile[];
  /** Resolves when a request that carries files is here to its end; null for any other request. */
  readonly wholeRequest: Promise<void> | null;
}

export type CreateContext = (request: GraphQLRequest, wholeRequest: Promise<void> | null) => GraphQLContext;

export interface YogaOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  readonly documents: Documents;
  /** For the parameters of a GET. */
  readonly resolveDocument: ResolveDocument;
  /** Whether callers may ask for the schema; if not, errors do not suggest names of it either. */
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
    // The endpoint reads bodies, with a limit of its own.
    maxRequestBodySize: false,
    // Documents are kept in one place, weighed by what they hold.
    parserAndValidationCache: false,
    // Done in useMaskedErrors, which knows the id of the request.
    maskedErrors: false,
    // The endpoint serves a page of its own.
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
      // Yoga would answer 200 to some clients, as if it were a mistake in the syntax.
      return ({ result }) => {
        if (result instanceof BadRequest) throw result;
      };
    },
    onValidate({ context, setResult }) {
      setResult([...(context.checked?.errors ?? [])]);
    },
  };
}

/** Takes the parameters from the body that the endpoint has read, or from the URL, with all digits of their numbers. */
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

/** Executes with graphql-js. */
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
      if (!files.every(({ isTaken }) => isTaken)) {
        return stop([new BadRequest('The map puts a file where no variable of type Upload takes it.')]);
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

/** In characters, from the start of a message and from its end. */
const kept = { start: 200, end: 300 };

/**
 * The status that the GraphQL over HTTP specification wants for a request that was not executed at all: 400, or 200 for a
 * client that knows no other (`spec`).
 */
function asBadRequest(error: GraphQLError): GraphQLError {
  // An exact number shows what it is made of: { rawJSON: "12345678901234567890" }.
  const text = error.message.replace(/\{ rawJSON: "([^"]*)" \}/g, '$1');
  // graphql-js shows the whole of a value that it cannot take, such as a file in base64, and says only then what is wrong with it.
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
  // Yoga makes a URL of it, of which it is to be no other part, and takes it badly if it cannot.
  const isHost = host === undefined || (/^[^/?#@\\]*$/.test(host) && URL.canParse(`http://${host}`));
  if (!isHost) return sendError(req, res, 400, 'The header Host names no host.');
  const response = await yoga.handleNodeRequestAndResponse(req, res, context);
  // Yoga would write it by itself, and wait for ever where the client has gone.
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) res.setHeader(name, value);
  res.writeHead(response.status, { 'content-length': body.length });
  res.end(body);
  context.admitted.holdResponse(body.length);
}
