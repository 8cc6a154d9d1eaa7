/** The endpoint `/graphql`: the phases of a request, from CORS to its response. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { OperationReport } from '../../telemetry/report.ts';
import type { Admission } from '../admission.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import type { Documents } from '../documents/documents.ts';
import type { ResolveDocument } from '../documents/resolve-document.ts';
import type { InFlight } from '../in-flight.ts';
import { type SendPage, wantsPage } from '../pages/graphiql-page.ts';
import type { LogRefusal, ReportRefusal } from '../report-refusal.ts';
import { type Refusal, refuse, refuseNotAdmitted, sendRefusal } from '../respond.ts';
import type { TrustedProxies } from '../trusted-proxies.ts';
import { type ApplyCors, answerPreflight, isPreflight } from './cors.ts';
import { isSimpleGet, preflightHeaders } from './csrf.ts';
import { type LogError, maskErrors } from './errors.ts';
import type { ExecuteOperation } from './execute-operation.ts';
import { findKnownOperation } from './fast-path.ts';
import type { Executed, GraphQLRequest, ReadParams, Upload } from './graphql-request.ts';
import { negotiate } from './negotiate.ts';
import { OperationRecorder } from './operation-recorder.ts';
import { setRateLimitHeaders } from './rate-limit-headers.ts';
import { readParams } from './read-params.ts';
import { batchResponses, sendResult } from './send-result.ts';
import type { ExecuteWithYoga } from './yoga.ts';

export interface GraphQLEndpointOptions {
  readonly applyCors: ApplyCors;
  /** Serves GraphiQL; null if it is disabled. */
  readonly sendPage: SendPage | null;
  readonly authenticate: Authenticate;
  readonly admission: Admission;
  /** Whether a GET must show that a GraphQL client sends it (CSRF). */
  readonly refusesSimpleGets: boolean;
  /** The largest file, in bytes. */
  readonly attachmentMaxBytes: number;
  readonly proxies: Pick<TrustedProxies, 'clientAddress'>;
  readonly reportRefusal: ReportRefusal;
  readonly logRefusal: LogRefusal;
  readonly resolveDocument: ResolveDocument;
  readonly documents: Documents;
  readonly executeOperation: ExecuteOperation;
  readonly executeWithYoga: ExecuteWithYoga;
  readonly logError: LogError;
  readonly inFlight: InFlight;
  /** Called with a report at the end of each operation. */
  readonly observe: (report: OperationReport) => void;
}

/** Resolves when the response is sent and all resources of the request are released. */
export type Endpoint = (req: IncomingMessage, res: ServerResponse, requestId: string) => Promise<void>;

/** What the report of an operation needs besides its replies. */
type Answered = Pick<OperationReport, 'operationName' | 'uploadBytes' | 'refusal'>;

const notExecuted: Answered = { operationName: null, uploadBytes: 0, refusal: null };

export function createGraphQLEndpoint(options: GraphQLEndpointOptions): Endpoint {
  const { applyCors, sendPage, authenticate, admission, refusesSimpleGets, attachmentMaxBytes } = options;
  const { resolveDocument, documents, executeOperation, executeWithYoga } = options;
  const { proxies, reportRefusal, logRefusal, logError, inFlight, observe } = options;

  return async (req, res, requestId) => {
    const isOriginAllowed = applyCors(req, res);
    if (isPreflight(req)) {
      const refusal = answerPreflight(req, res, isOriginAllowed);
      if (refusal) logRefusal('A preflight was refused.', requestId, reportRefusal(req, refusal, null));
      return;
    }
    if (sendPage && wantsPage(req)) return sendPage(req, res);
    res.setHeader('cache-control', 'no-store');
    inFlight.enter();
    const startedAt = performance.now();
    const recorder = new OperationRecorder();
    let answered: Answered | null = null;
    try {
      answered = await answer(req, res, requestId, isOriginAllowed, recorder);
    } finally {
      inFlight.leave();
      const { traceparent, tracestate } = req.headers;
      const isDisconnected = res.closed && !res.writableFinished;
      observe({
        requestId,
        operationName: answered?.operationName ?? null,
        replies: recorder.replies,
        refusal: answered?.refusal ?? null,
        uploadBytes: answered?.uploadBytes ?? 0,
        // The router sends the response to an unexpected error.
        status: isDisconnected ? null : answered ? res.statusCode : 500,
        startedAt: performance.timeOrigin + startedAt,
        milliseconds: performance.now() - startedAt,
        traceparent: typeof traceparent === 'string' ? traceparent : null,
        tracestate: typeof tracestate === 'string' ? tracestate : null,
      });
    }
  };

  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    requestId: string,
    isOriginAllowed: boolean,
    recorder: OperationRecorder,
  ): Promise<Answered> {
    const { caller, refusal } = await authenticate(req, requestId);
    if (refusal) return refused(req, res, refusal, refusal.callerId);
    // If the client has disconnected in the meantime, the request emits no further event, not even `end`.
    if (req.destroyed) return notExecuted;
    const callerId = caller?.id ?? null;
    const admitted = admission.admit(callerId ?? `address:${proxies.clientAddress(req)}`, res);
    if (typeof admitted === 'string') return refused(req, res, refuseNotAdmitted(admitted), callerId);
    let upload: Upload | null = null;
    try {
      const signal = abortOnDisconnect(res);
      const request = { req, res, requestId, caller, admitted, signal, recorder };
      // Not after the execution: then the reply is sent already.
      const responseType = negotiate(req.headers.accept);
      if (!responseType) return refused(req, res, notAcceptable, callerId);
      if (refusesSimpleGets && isSimpleGet(req, isOriginAllowed, responseType)) {
        return refused(req, res, simpleGet, callerId);
      }
      const read = await readParams(request, attachmentMaxBytes);
      if (read.kind === 'aborted') return notExecuted;
      if (read.kind === 'refused') return refused(req, res, read, callerId);
      if (read.kind === 'invalid') {
        sendResult(request, responseType, { errors: [read.error] });
        return notExecuted;
      }
      upload = read.upload;
      const { operationName, result: pending } = await execute(request, read);
      const result = await pending;
      await batchResponses();
      setRateLimitHeaders(res, recorder.rateLimits);
      sendResult(request, responseType, maskErrors(result, requestId, logError));
      return { operationName, uploadBytes: upload?.bytes() ?? 0, refusal: null };
    } finally {
      try {
        if (upload) await upload.release();
      } finally {
        admitted.endHandler();
      }
    }
  }

  function refused(
    req: IncomingMessage,
    res: ServerResponse,
    refusal: Refusal,
    callerId: string | null,
  ): Answered {
    sendRefusal(req, res, refusal);
    // The sentence of a 400 may quote the client.
    if (refusal.status === 400) return notExecuted;
    return { ...notExecuted, refusal: reportRefusal(req, refusal.message, callerId) };
  }

  function execute(request: GraphQLRequest, read: ReadParams): Executed | Promise<Executed> {
    const params = resolveDocument(read.params);
    if (params instanceof GraphQLError) return { operationName: null, result: { errors: [params] } };
    // Yoga refuses a mutation by GET.
    const known = request.req.method === 'POST' ? findKnownOperation(documents, params) : null;
    if (!known) return executeWithYoga(params, read, request);
    const { operation, variables } = known;
    return { operationName: operation.name, result: executeOperation(operation, variables, read, request) };
  }
}

/** Aborts if the client disconnects before the response is written. */
function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    if (!response.writableEnded) controller.abort();
  };
  if (response.closed) onClose();
  else response.on('close', onClose);
  return controller.signal;
}

const notAcceptable = refuse(
  406,
  'The response is JSON: accept application/graphql-response+json or application/json.',
);

const simpleGet = refuse(
  403,
  'A GET with a query must show that a GraphQL client sends it: name application/graphql-response+json or application/json ' +
    'in the header Accept, set "Content-Type: application/json", ' +
    `or set one of the headers ${preflightHeaders.join(', ')}; or use POST.`,
);
