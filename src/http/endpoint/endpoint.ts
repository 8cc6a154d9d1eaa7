/** The endpoint `/graphql`: takes a request in, by who sends it, its method and its media type, and has it answered. */

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
  /** Serves GraphiQL; null where there is none. */
  readonly sendPage: SendPage | null;
  readonly admit: RequireCaller;
  readonly admission: Admission;
  readonly applyCors: ApplyCors;
  readonly inFlight: InFlight;
  /** Whether a GET must show that a GraphQL client sends it. */
  readonly refusesSimpleGets: boolean;
  /** Told of each operation once it is over. */
  readonly observe: (report: OperationReport) => void;
}

/** Resolves when the request is answered and nothing of it is left. */
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
    const began = performance.now();
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
      const isGone = res.closed && !res.writableFinished;
      observe({
        requestId,
        operationName: progress.operationName,
        replies: progress.replies,
        uploadBytes: progress.uploadBytes,
        // After an unexpected error it is the listener that answers.
        status: isGone ? null : hasFailed ? 500 : res.statusCode,
        startedAt: performance.timeOrigin + began,
        milliseconds: performance.now() - began,
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
    // Yoga looks only once all is done, which is too late for a reply.
    const accepted = negotiate(req.headers.accept);
    if (!accepted) {
      const message = 'The answer is JSON: accept application/graphql-response+json or application/json.';
      return sendError(req, res, 406, message);
    }
    if (refusesSimpleGets && req.method === 'GET' && hasDocument(req) && isSimpleGet(req, res, accepted)) {
      return sendError(req, res, 403, simpleGetMessage);
    }
    req.headers.accept = accepted;
    if (req.method !== 'POST') return respondByYoga(yoga, { ...request, wholeRequest: null });
    const contentType = req.headers['content-type'] ?? '';
    const take = isJson(contentType) ? handleJson : isMultipart(contentType) ? handleUpload : null;
    if (!take) {
      const message =
        'A POST to this endpoint carries JSON, or files beside it: set the header "Content-Type: application/json", ' +
        'or send multipart/form-data as the GraphQL multipart request specification describes, ' +
        `with one of the headers ${preflightHeaders.join(', ')}.`;
      return sendError(req, res, 415, message);
    }
    if (!/^\s*identity\s*$/i.test(req.headers['content-encoding'] ?? 'identity')) {
      res.setHeader('accept-encoding', 'identity');
      return sendError(req, res, 415, 'The body of the request is compressed; send it as it is.');
    }
    await take(request);
  }
}

/** Callers without credentials are told apart by their addresses; behind a proxy all of them are one. */
function callerKey(caller: Caller | null, { socket }: IncomingMessage): string {
  return caller?.id ?? `address:${socket.remoteAddress}`;
}

const simpleGetMessage =
  'A GET with a query has to show that a GraphQL client sends it: name application/graphql-response+json or application/json ' +
  'in the header Accept, set "Content-Type: application/json", ' +
  `or set one of the headers ${preflightHeaders.join(', ')}; or use POST.`;

/**
 * Whether a link, an image or a script of another site, or a form, could have caused it. A GraphQL client names a type in
 * `Accept`, which in a browser only a script can do; of other sites only those that may read the answer.
 */
function isSimpleGet(req: IncomingMessage, res: ServerResponse, accepted: AcceptedType): boolean {
  if (!isSimpleRequest(req)) return false;
  const isFromOtherSite = /^(?:cross|same)-site$/.test(String(req.headers['sec-fetch-site']));
  return accepted === '*/*' || (isFromOtherSite && !res.hasHeader('access-control-allow-origin'));
}

/** Parameters that have no meaning here are ignored. */
function isJson(contentType: string): boolean {
  const mediaType = parseMediaType(contentType);
  return /^application\/(?:graphql\+)?json$/.test(mediaType.type) && isUtf8(mediaType);
}

function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\s*(?:;|$)/i.test(contentType);
}
