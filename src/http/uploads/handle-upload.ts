/** Takes a request that brings files. */

import type { Caller } from '../../conversation/caller.ts';
import { heldPerJsonByte, NotAdmitted } from '../admission.ts';
import { discardRest } from '../discard-rest.ts';
import type { AnswerParams } from '../endpoint/answer-params.ts';
import { BadRequest } from '../endpoint/bad-request.ts';
import type { AcceptedRequest, Take } from '../endpoint/graphql-request.ts';
import { maxJsonBytes } from '../endpoint/max-json-bytes.ts';
import { preflightHeaders } from '../endpoint/preflight-headers.ts';
import { askForBody } from '../endpoint/request-body.ts';
import type { ResolveDocument } from '../endpoint/trusted-documents.ts';
import { sendError, sendRefusal } from '../respond.ts';
import { type MultipartRequest, receiveMultipart } from './multipart-request.ts';

export interface TakeUploadOptions {
  readonly answerParams: AnswerParams;
  readonly resolveDocument: ResolveDocument;
  /** The largest file, in bytes. */
  readonly attachmentMaxBytes: number;
}

/** In one request. */
const maxFiles = 5;

/** A JWT stands for one person; a server, or a token of Dashly's, may upload for many. */
const maxUploadsOfPerson = 8;
const maxUploadsOfServer = 48;

/** Blocks between the connection and the disk, or a small file in memory. */
const heldPerUpload = 512 * 1024;

export function createTakeUpload(options: TakeUploadOptions): Take {
  return async (request) => {
    const { req, res, caller, admitted } = request;
    if (!preflightHeaders.some((name) => req.headers[name])) {
      const message = `A multipart request needs one of these headers, with any value: ${preflightHeaders.join(', ')}.`;
      return sendError(req, res, 403, message);
    }
    if (!caller) {
      // Without waiting for a body that could not be sent to Dashly.
      res.setHeader('www-authenticate', 'Token realm="dashly-graphql-gateway"');
      return sendError(req, res, 401, 'An upload needs a header "Authorization: Token …" (or "Bearer …").');
    }
    const refusal = admitted.reserveUpload(maxUploadsOf(caller)) ?? admitted.reserve(heldPerUpload);
    if (refusal) {
      admitted.endUpload();
      return sendRefusal(req, res, refusal);
    }
    askForBody(request);
    try {
      await takeFiles(request, options);
    } finally {
      admitted.endUpload();
    }
  };
}

function maxUploadsOf({ kind }: Caller): number {
  return kind === 'jwt' ? maxUploadsOfPerson : maxUploadsOfServer;
}

async function takeFiles(request: AcceptedRequest, options: TakeUploadOptions): Promise<void> {
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
