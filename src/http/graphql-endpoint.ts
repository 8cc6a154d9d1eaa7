/** The endpoint `/graphql`: takes a request in, by who sends it, its method and its media type, and has it answered. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLParams } from 'graphql-yoga';
import type { OperationReport } from '../graphql/operation-report.ts';
import type { AcceptedRequest, Progress } from './accepted-request.ts';
import type { Authenticate } from './authenticate.ts';
import { BadRequest } from './bad-request.ts';
import { ClientPresence } from './client-presence.ts';
import { type ApplyCors, answerPreflight, isPreflight } from './cors.ts';
import type { Yoga, YogaServerContext } from './create-yoga.ts';
import { discardRest } from './discard-rest.ts';
import { wantsPage } from './graphiql-page.ts';
import { createHotPath, type HotPathOptions } from './hot-path.ts';
import { negotiate } from './negotiate.ts';
import { parseParams } from './parse-params.ts';
import { readBody } from './read-body.ts';
import { type MultipartRequest, receiveMultipart } from './receive-multipart.ts';
import { sendError } from './send-error.ts';
import type { ResolveDocument } from './trusted-documents.ts';
import { UploadSlots } from './upload-slots.ts';

/** The largest JSON, in bytes, as a body or as the `operations` of a multipart request. */
const maxJsonBytes = 1024 * 1024;

/** In one request. */
const maxFiles = 5;

/** A page of another site cannot send any of them without asking first, so a form of its own is told by their absence. */
const preflightHeaders = ['apollo-require-preflight', 'x-graphql-yoga-csrf', 'x-apollo-operation-name'];

export interface GraphQLEndpointOptions extends HotPathOptions {
  readonly yoga: Yoga;
  /** Serves GraphiQL; null where there is none. */
  readonly sendPage: ((res: ServerResponse) => Promise<void>) | null;
  readonly authenticate: Authenticate;
  readonly applyCors: ApplyCors;
  readonly resolveDocument: ResolveDocument;
  /** The largest file, in bytes. */
  readonly attachmentMaxBytes: number;
  /** Told of each operation once it is over. */
  readonly observe: (report: OperationReport) => void;
}

/** Takes the body of a request that may be taken. */
type Take = (request: AcceptedRequest) => Promise<void>;

export type Endpoint = (req: IncomingMessage, res: ServerResponse, requestId: string) => Promise<void>;

/** Resolves when the request is answered and nothing of it is left. */
export function createGraphQLEndpoint(options: GraphQLEndpointOptions): Endpoint {
  const { yoga, sendPage, authenticate, applyCors, resolveDocument, attachmentMaxBytes } = options;
  const hotPath = createHotPath(options);
  const multipartLimits = { maxFiles, maxFileBytes: attachmentMaxBytes, maxFieldBytes: maxJsonBytes };
  const slots = new UploadSlots();

  const askYoga = async (context: YogaServerContext): Promise<void> => {
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
  };

  const takeJson: Take = async (request) => {
    const { req, res } = request;
    const body = await readBody(req, maxJsonBytes, () => askForBody(request));
    if (body.kind === 'aborted') return;
    if (body.kind === 'notUtf8') {
      return sendError(req, res, 400, 'The body of the request is not valid UTF-8.');
    }
    if (body.kind === 'tooLarge') {
      return sendError(req, res, 413, `The body of the request is larger than ${maxJsonBytes} bytes.`);
    }
    const read = attempt(() => resolveDocument(parseParams(body.text)));
    if (read.value && (await hotPath.answer(read.value, request))) return;
    const readParams = (): GraphQLParams => {
      if (read.value) return read.value;
      throw read.error;
    };
    await askYoga({ ...request, readParams, wholeRequest: null });
    hotPath.learn(req, res);
  };

  const takeMultipart: Take = async (request) => {
    const { req, res } = request;
    let multipart: MultipartRequest;
    try {
      multipart = await receiveMultipart(req, multipartLimits);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      return sendError(req, res, error.status, error.message);
    }
    const { params, files, whole, release } = multipart;
    try {
      const readParams = () => resolveDocument(params);
      await askYoga({ ...request, readParams, files, wholeRequest: whole });
    } finally {
      request.progress.uploadBytes = multipart.bytes();
      discardRest(req);
      await release();
    }
  };

  const takeUpload: Take = async (request) => {
    const { req, res } = request;
    if (!preflightHeaders.some((name) => req.headers[name])) {
      const message = `A multipart request needs one of these headers, with any value: ${preflightHeaders.join(', ')}.`;
      return sendError(req, res, 403, message);
    }
    const release = slots.take(request.caller);
    if (!release) {
      res.setHeader('retry-after', '1');
      return sendError(req, res, 503, 'Too many uploads are under way; send the request again in a moment.');
    }
    askForBody(request);
    try {
      await takeMultipart(request);
    } finally {
      release();
    }
  };

  const takeOperation = async (
    req: IncomingMessage,
    res: ServerResponse,
    requestId: string,
    progress: Progress,
  ) => {
    const { caller, refusal } = await authenticate(req);
    if (refusal) {
      if (refusal.cause) options.logError(`Request ${requestId} could not be authenticated.`, refusal.cause);
      if (refusal.status === 401) res.setHeader('www-authenticate', refusal.challenge);
      return sendError(req, res, refusal.status, refusal.message);
    }
    // It may have gone while that was found out; then nothing more comes of it, not even its end.
    if (req.destroyed) return;
    const request = { req, res, requestId, caller, presence: new ClientPresence(res), progress };
    // Yoga looks only once all is done, which is too late for a reply.
    const accepted = negotiate(req.headers.accept);
    if (!accepted) {
      const message = 'The answer is JSON: accept application/graphql-response+json or application/json.';
      return sendError(req, res, 406, message);
    }
    req.headers.accept = accepted;
    if (req.method !== 'POST') return askYoga({ ...request, wholeRequest: null });
    const contentType = req.headers['content-type'] ?? '';
    const take = isJson(contentType) ? takeJson : isMultipart(contentType) ? takeUpload : null;
    if (!take) {
      const message =
        'A POST to this endpoint carries JSON, or files beside it: set the header "Content-Type: application/json", ' +
        'or send multipart/form-data as the GraphQL multipart request specification describes, ' +
        `with one of the headers ${preflightHeaders.join(', ')}.`;
      return sendError(req, res, 415, message);
    }
    if ((req.headers['content-encoding'] ?? 'identity') !== 'identity') {
      return sendError(req, res, 415, 'The body of the request is compressed; send it as it is.');
    }
    await take(request);
  };

  return async (req, res, requestId) => {
    applyCors(req, res);
    if (isPreflight(req)) return answerPreflight(req, res);
    if (sendPage && wantsPage(req)) return sendPage(res);
    res.setHeader('cache-control', 'no-store');
    const began = performance.now();
    const progress: Progress = { operationName: null, replies: [], uploadBytes: 0 };
    try {
      await takeOperation(req, res, requestId, progress);
    } finally {
      const { traceparent, tracestate } = req.headers;
      options.observe({
        requestId,
        ...progress,
        status: res.headersSent ? res.statusCode : null,
        startedAt: performance.timeOrigin + began,
        milliseconds: performance.now() - began,
        traceparent: typeof traceparent === 'string' ? traceparent : null,
        tracestate: typeof tracestate === 'string' ? tracestate : null,
      });
    }
  };
}

/** A client that waits to be asked for its body is asked; one that speaks HTTP/1.0 cannot be. */
function askForBody({ req, res }: AcceptedRequest): void {
  if (req.headers.expect !== undefined && req.httpVersion === '1.1') res.writeContinue();
}

type Attempt<Value> =
  | { readonly value: Value; readonly error?: never }
  | { readonly value?: never; readonly error: unknown };

function attempt<Value>(make: () => Value): Attempt<Value> {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}

function isJson(contentType: string): boolean {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const isUtf8 = parameters.every((parameter) => /^(?:charset="?utf-?8"?)?$/.test(parameter));
  return (type === 'application/json' || type === 'application/graphql+json') && isUtf8;
}

function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\s*(?:;|$)/i.test(contentType);
}
