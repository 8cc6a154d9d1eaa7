/** The endpoint `/graphql`: takes a request in, by who sends it, its method and its media type, and has it answered. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLParams } from 'graphql-yoga';
import type { Authenticate } from './authenticate.ts';
import { BadRequest } from './bad-request.ts';
import { type ApplyCors, answerPreflight, isPreflight } from './cors.ts';
import type { Yoga, YogaServerContext } from './create-yoga.ts';
import { discardRest } from './discard-rest.ts';
import { wantsPage } from './graphiql-page.ts';
import { createHotPath, type HotPathOptions, type HotRequest } from './hot-path.ts';
import { parseParams } from './parse-params.ts';
import { readBody } from './read-body.ts';
import { type MultipartRequest, receiveMultipart } from './receive-multipart.ts';
import { sendError } from './send-error.ts';
import type { ResolveDocument } from './trusted-documents.ts';

/** The largest JSON, in bytes, as a body or as the `operations` of a multipart request. */
const maxJsonBytes = 1024 * 1024;

/** In one request. */
const maxFiles = 5;

/** Each may fill the disk with its files, so more than these have to come again later. */
const maxUploadsAtOnce = 64;

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
}

/** Takes the body of a request that may be taken. */
type Take = (request: HotRequest) => Promise<void>;

export type Endpoint = (req: IncomingMessage, res: ServerResponse, requestId: string) => Promise<void>;

/** Resolves when the request is answered and nothing of it is left. */
export function createGraphQLEndpoint(options: GraphQLEndpointOptions): Endpoint {
  const { yoga, sendPage, authenticate, applyCors, resolveDocument, attachmentMaxBytes, logError } = options;
  const hotPath = createHotPath(options);
  const multipartLimits = { maxFiles, maxFileBytes: attachmentMaxBytes, maxFieldBytes: maxJsonBytes };
  let uploads = 0;

  const askYoga = async (context: YogaServerContext): Promise<void> => {
    const { req, res } = context;
    const { host } = req.headers;
    // Yoga makes a URL of it, and takes it badly if it cannot.
    if (host === undefined || URL.canParse(`http://${host}`)) await yoga(req, res, context);
    else sendError(req, res, 400, 'The header Host names no host.');
  };

  const takeJson: Take = async (request) => {
    const { req, res } = request;
    const body = await readBody(req, maxJsonBytes);
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
    if (uploads >= maxUploadsAtOnce) {
      res.setHeader('retry-after', '1');
      return sendError(req, res, 503, 'Too many uploads are under way; send the request again in a moment.');
    }
    uploads++;
    try {
      await takeMultipart(request);
    } finally {
      uploads--;
    }
  };

  return async (req, res, requestId) => {
    applyCors(req, res);
    if (isPreflight(req)) return answerPreflight(req, res);
    if (sendPage && wantsPage(req)) return sendPage(res);
    const { caller, refusal } = await authenticate(req);
    if (refusal) {
      if (refusal.cause) logError(`Request ${requestId} could not be authenticated.`, refusal.cause);
      if (refusal.status === 401) res.setHeader('www-authenticate', refusal.challenge);
      return sendError(req, res, refusal.status, refusal.message);
    }
    const request = { req, res, requestId, caller };
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
