/** GraphQL Yoga as this gateway runs it: it decides on every document, and answers what is rare. */

import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  type ValidationRule,
  validate,
} from 'graphql';
import {
  createYoga as createYogaServer,
  type GraphQLParams,
  type Plugin,
  type YogaServerInstance,
} from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { coerceVariables } from '../graphql/coerce-variables.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import type { UploadedFile } from '../graphql/uploaded-file.ts';
import type { AcceptedRequest } from './accepted-request.ts';
import { BadRequest } from './bad-request.ts';
import { type LogError, maskErrors } from './mask-errors.ts';
import { parseQueryParams } from './parse-params.ts';
import { documentSize, type PreparedOperations } from './prepared-operations.ts';
import type { ResolveDocument } from './trusted-documents.ts';
import { type DocumentLimits, useDocumentLimits } from './use-document-limits.ts';

/** What the endpoint tells Yoga of a request. */
export interface YogaServerContext extends AcceptedRequest {
  /** Reads the parameters of a POST, whose body the endpoint has taken; throws a GraphQLError for the caller. */
  readonly readParams?: () => GraphQLParams;
  /** The files of a multipart request. */
  readonly files?: readonly UploadedFile[];
  /** Resolves when a request that carries files is here to its end; null for any other request. */
  readonly wholeRequest: Promise<void> | null;
}

export type CreateContext = (request: AcceptedRequest, wholeRequest: Promise<void> | null) => GraphQLContext;

export interface YogaOptions {
  readonly schema: GraphQLSchema;
  readonly createContext: CreateContext;
  readonly operations: PreparedOperations;
  /** For the parameters of a GET. */
  readonly resolveDocument: ResolveDocument;
  readonly documentLimits: DocumentLimits;
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
    // By the size of the documents: Yoga's own caches count them, however long they are.
    parserAndValidationCache: { documentCache: cacheByLength(), errorCache: cacheByLength() },
    // Done in useMaskedErrors, which knows the id of the request.
    maskedErrors: false,
    // The endpoint serves a page of its own.
    graphiql: false,
    plugins: [
      useDocumentLimits(options.documentLimits),
      useExactParams(options.resolveDocument),
      ...(options.hasIntrospection ? [] : [useNoIntrospection()]),
      useExactExecution(options),
      useMaskedErrors(logError),
    ],
  });
}

/** Keeps what belongs to the texts used last, up to a million characters of text or 500 texts: some 50 MB of parsed documents. */
function cacheByLength<Value extends object>(): LRUCache<string, Value> {
  return new LRUCache({ maxSize: 1_000_000, sizeCalculation: (_value, text) => documentSize(text) });
}

type YogaPlugin = Plugin<object, YogaServerContext, GraphQLContext>;

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

/** A federation router's composer reads the whole schema by this field. */
const noServiceRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    const message = 'Introspection is off, so there is no field "_service".';
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** Keeps the schema to those who have it: neither its introspection nor a "Did you mean …?" tells of it. */
function useNoIntrospection(): YogaPlugin {
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      addValidationRule(noServiceRule);
      const validateQuietly: typeof validate = (schema, document, rules) =>
        validate(schema, document, rules, { hideSuggestions: true });
      setValidationFn(validateQuietly);
    },
  };
}

/** Executes with graphql-js, and hands the document on to be compiled should it come again. */
function useExactExecution({ operations, hasIntrospection }: YogaOptions): YogaPlugin {
  return {
    onExecute({ args, context, setExecuteFn, setResultAndStopExecution }) {
      const document: DocumentNode = args.document;
      const operation = getOperationAST(document, args.operationName);
      const { coerced, errors } = operation
        ? coerceVariables(args.schema, operation, args.variableValues ?? {}, {
            hideSuggestions: !hasIntrospection,
          })
        : { coerced: {} };
      const request = context as unknown as YogaServerContext & { params: GraphQLParams };
      const { files = [], params, progress } = request;
      progress.operationName = operation?.name?.value ?? null;
      if (!files.every(({ isTaken }) => isTaken)) {
        const error = new BadRequest('The map puts a file where no variable of type Upload takes it.');
        return setResultAndStopExecution({ errors: [error] });
      }
      if (errors) return setResultAndStopExecution({ errors: errors.map(asBadRequest) });
      args.variableValues = coerced;
      setExecuteFn(execute);
      if (params.query) operations.remember(params.query, document);
    },
  };
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
