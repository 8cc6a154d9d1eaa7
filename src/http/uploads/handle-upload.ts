/** Handles GraphQL multipart requests, which upload files. */

import type { Caller } from '../../conversation/caller.ts';
import { heldPerJsonByte, NotAdmitted } from '../admission.ts';
import { discardRest } from '../discard-rest.ts';
import type { AnswerParams } from '../endpoint/answer-params.ts';
import { preflightHeaders } from '../endpoint/csrf.ts';
import { BadRequest } from '../endpoint/errors.ts';
import type { GraphQLRequest, HandleRequest } from '../endpoint/graphql-request.ts';
import { requestBody } from '../endpoint/graphql-request.ts';
import { maxJsonBytes } from '../endpoint/read-body.ts';
import type { ResolveDocument } from '../endpoint/resolve-document.ts';
import { sendError, sendRefusal } from '../respond.ts';
import { type MultipartRequest, receiveMultipart } from './multipart-request.ts';

export interface UploadHandlerOptions {
  readonly answerParams: AnswerParams;
  readonly resolveDocument: ResolveDocument;
  /** The largest file, in bytes. */
  readonly attachmentMaxBytes: number;
}

/** Per request. */
const maxFiles = 5;

/** Concurrent uploads: a JWT belongs to one person; an API key or a Dashly token may serve many. */
const maxUploadsOfPerson = 8;
const maxUploadsOfServer = 48;

/** Memory per upload: blocks between the connection and the disk, or a small file in memory. */
const heldPerUpload = 512 * 1024;

export function createUploadHandler(options: UploadHandlerOptions): HandleRequest {
  return async (request) => {
    const { req, res, caller, admitted } = request;
    if (!preflightHeaders.some((name) => req.headers[name])) {
      const message = `A multipart request needs one of these headers, with any value: ${preflightHeaders.join(', ')}.`;
      return sendError(req, res, 403, message);
    }
    if (!caller) {
      // Refused before the body is read, since it cannot be sent to Dashly.
      res.setHeader('www-authenticate', 'Token realm="dashly-graphql-gateway"');
      return sendError(req, res, 401, 'An upload needs a header "Authorization: Token …" (or "Bearer …").');
    }
    const refusal = admitted.reserveUpload(maxUploadsOf(caller)) ?? admitted.reserve(heldPerUpload);
    if (refusal) {
      admitted.endUpload();
      return sendRefusal(req, res, refusal);
    }
    requestBody(request);
    try {
      await handleFiles(request, options);
    } finally {
      admitted.endUpload();
    }
  };
}

function maxUploadsOf({ kind }: Caller): number {
  return kind === 'jwt' ? maxUploadsOfPerson : maxUploadsOfServer;
}

async function handleFiles(request: GraphQLRequest, options: UploadHandlerOptions): Promise<void> {
  const { answerParams, resolveDocument, attachmentMaxBytes: maxFileBytes } = options;
  const { req, res, progress, admitted } = request;
  const reserve = (bytes: number) => admitted.reserve(heldPerJsonByte * bytes);
  let multipart: MultipartRequest;
  try {
    multipart = await receiveMultipart(req, { maxFiles, maxFileBytes, maxFieldBytes: maxJsonBytes, reserve });
  } catch (error) {
    if (error instanceof NotAdmitted) return sendRefusal(req, res, error.refusal);
    if (!(error instanceof BadRequest)) throw error;
    return sendError(req, res, error.status, error.message);
  }
  const { params, paramsBytes, files, whole, bytes, release } = multipart;
  try {
    await answerParams(request, paramsBytes, () => resolveDocument(params), { files, whole });
  } finally {
    progress.uploadBytes = bytes();
    discardRest(req);
    await release();
  }
}
