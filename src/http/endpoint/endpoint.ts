/** The endpoint `/graphql`: authenticates and checks each request, and passes it to the handler for its media type. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../conversation/caller.ts';
import { abortOnDisconnect } from '../abort-on-disconnect.ts';
import type { Admission } from '../admission.ts';
import type { RequireCaller } from '../auth/require-caller.ts';
import type { InFlight } from '../in-flight.ts';
import { hasDocument, type SendPage, wantsPage } from '../pages/graphiql-page.ts';
import { sendError, sendRefusal } from '../respond.ts';
import { createUploadHandler, type UploadHandlerOptions } from '../uploads/handle-upload.ts';
import { type AnswerParamsOptions, createAnswerParams } from './answer-params.ts';
import { type ApplyCors, answerPreflight, isPreflight } from './cors.ts';
import { isSimpleRequest, preflightHeaders } from './csrf.ts';
import type { GraphQLRequest, Progress } from './graphql-request.ts';
import { createJsonHandler, type JsonHandlerOptions } from './json-body.ts';
import { isUtf8, parseMediaType } from './media-type.ts';
import { type AcceptedType, negotiate } from './negotiate.ts';
import type { OperationReport } from './operation-report.ts';
import { respondByYoga } from './yoga.ts';

export interface GraphQLEndpointOptions
  extends AnswerParamsOptions,
    Omit<JsonHandlerOptions & UploadHandlerOptions, 'answerParams'> {
  /** Serves GraphiQL; null if it is disabled. */
  readonly sendPage: SendPage | null;
  readonly admit: RequireCaller;
  readonly admission: Admission;
  readonly applyCors: ApplyCors;
  readonly inFlight: InFlight;
  /** Whether a GET must show that a GraphQL client sends it (CSRF). */
  readonly refusesSimpleGets: boolean;
  /** Called with a report at the end of each operation. */
  readonly observe: (report: OperationReport) => void;
}

/** Resolves when the response is sent and all resources of the request are released. */
export type Endpoint = (req: IncomingMessage, res: ServerResponse, requestId: string) => Promise<void>;

export function createGraphQLEndpoint(options: GraphQLEndpointOptions): Endpoint {
  const { sendPage, applyCors, inFlight, observe } = options;
  const handleOperation = createOperationHandler(options);

  return async (req, res, requestId) => {
    applyCors(req, res);
    if (isPreflight(req)) return answerPreflight(req, res);
    if (sendPage && wantsPage(req)) return sendPage(req, res);
    res.setHeader('cache-control', 'no-store');
    inFlight.enter();
    const startedAt = performance.now();
    const progress: Progress = { operationName: null, replies: [], uploadBytes: 0 };
    let hasFailed = false;
    try {
      await handleOperation(req, res, requestId, progress);
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      inFlight.leave();
      const { traceparent, tracestate } = req.headers;
      const isDisconnected = res.closed && !res.writableFinished;
      observe({
        requestId,
        operationName: progress.operationName,
        replies: progress.replies,
        uploadBytes: progress.uploadBytes,
        // The router sends the response to an unexpected error.
        status: isDisconnected ? null : hasFailed ? 500 : res.statusCode,
        startedAt: performance.timeOrigin + startedAt,
        milliseconds: performance.now() - startedAt,
        traceparent: typeof traceparent === 'string' ? traceparent : null,
        tracestate: typeof tracestate === 'string' ? tracestate : null,
      });
    }
  };
}

type HandleOperation = (
  req: IncomingMessage,
  res: ServerResponse,
  requestId: string,
  progress: Progress,
) => Promise<void>;

function createOperationHandler(options: GraphQLEndpointOptions): HandleOperation {
  const { yoga, admit, admission, refusesSimpleGets } = options;
  const answerParams = createAnswerParams(options);
  const handleJson = createJsonHandler({ ...options, answerParams });
  const handleUpload = createUploadHandler({ ...options, answerParams });

  return async (req, res, requestId, progress) => {
    const authenticated = await admit(req, res, requestId);
    if (!authenticated) return;
    const { caller } = authenticated;
    const admitted = admission.admit(callerKey(caller, req), res);
    if (typeof admitted === 'string') return sendRefusal(req, res, admitted);
    try {
      await answer({ req, res, requestId, caller, admitted, signal: abortOnDisconnect(res), progress });
    } finally {
      admitted.end();
    }
  };

  async function answer(request: GraphQLRequest): Promise<void> {
    const { req, res } = request;
    // Yoga negotiates after execution, when the reply is already sent.
    const accepted = negotiate(req.headers.accept);
    if (!accepted) {
      const message = 'The response is JSON: accept application/graphql-response+json or application/json.';
      return sendError(req, res, 406, message);
    }
    if (refusesSimpleGets && req.method === 'GET' && hasDocument(req) && isSimpleGet(req, res, accepted)) {
      return sendError(req, res, 403, simpleGetMessage);
    }
    req.headers.accept = accepted;
    if (req.method !== 'POST') return respondByYoga(yoga, { ...request, wholeRequest: null });
    const contentType = req.headers['content-type'] ?? '';
    const handle = isJson(contentType) ? handleJson : isMultipart(contentType) ? handleUpload : null;
    if (!handle) {
      const message =
        'A POST must have a JSON body, or be a multipart request with files: set the header "Content-Type: application/json", ' +
        'or send multipart/form-data as the GraphQL multipart request specification describes, ' +
        `with one of the headers ${preflightHeaders.join(', ')}.`;
      return sendError(req, res, 415, message);
    }
    if (!/^\s*identity\s*$/i.test(req.headers['content-encoding'] ?? 'identity')) {
      res.setHeader('accept-encoding', 'identity');
      return sendError(req, res, 415, 'The body of the request is compressed; send it uncompressed.');
    }
    await handle(request);
  }
}

/** Identifies callers without credentials by their address; behind a proxy, all of them share one key. */
function callerKey(caller: Caller | null, { socket }: IncomingMessage): string {
  return caller?.id ?? `address:${socket.remoteAddress}`;
}

const simpleGetMessage =
  'A GET with a query must show that a GraphQL client sends it: name application/graphql-response+json or application/json ' +
  'in the header Accept, set "Content-Type: application/json", ' +
  `or set one of the headers ${preflightHeaders.join(', ')}; or use POST.`;

/**
 * Whether a link, an image, a script or a form of another site could have caused the request. A GraphQL client names a media type in
 * `Accept`; in a browser only a script can do that. A script of another site must be of an allowed origin.
 */
function isSimpleGet(req: IncomingMessage, res: ServerResponse, accepted: AcceptedType): boolean {
  if (!isSimpleRequest(req)) return false;
  const isFromOtherSite = /^(?:cross|same)-site$/.test(String(req.headers['sec-fetch-site']));
  return accepted === '*/*' || (isFromOtherSite && !res.hasHeader('access-control-allow-origin'));
}

/** Ignores unknown parameters of the media type. */
function isJson(contentType: string): boolean {
  const mediaType = parseMediaType(contentType);
  return /^application\/(?:graphql\+)?json$/.test(mediaType.type) && isUtf8(mediaType);
}

function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\s*(?:;|$)/i.test(contentType);
}
