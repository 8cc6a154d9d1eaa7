/** Takes a request that brings files. */

import type { AcceptedRequest, Take } from './accepted-request.ts';
import type { AnswerParams } from './answer-params.ts';
import { askForBody } from './ask-for-body.ts';
import { BadRequest } from './bad-request.ts';
import { discardRest } from './discard-rest.ts';
import { maxJsonBytes } from './max-json-bytes.ts';
import { preflightHeaders } from './preflight-headers.ts';
import { type MultipartRequest, receiveMultipart } from './receive-multipart.ts';
import { sendError } from './send-error.ts';
import type { ResolveDocument } from './trusted-documents.ts';
import { UploadSlots } from './upload-slots.ts';

export interface TakeUploadOptions {
  readonly answerParams: AnswerParams;
  readonly resolveDocument: ResolveDocument;
  /** The largest file, in bytes. */
  readonly attachmentMaxBytes: number;
}

/** In one request. */
const maxFiles = 5;

export function createTakeUpload(options: TakeUploadOptions): Take {
  const slots = new UploadSlots();

  return async (request) => {
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
      await takeFiles(request, options);
    } finally {
      release();
    }
  };
}

async function takeFiles(request: AcceptedRequest, options: TakeUploadOptions): Promise<void> {
  const { answerParams, resolveDocument, attachmentMaxBytes: maxFileBytes } = options;
  const { req, res, progress } = request;
  let multipart: MultipartRequest;
  try {
    multipart = await receiveMultipart(req, { maxFiles, maxFileBytes, maxFieldBytes: maxJsonBytes });
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return sendError(req, res, error.status, error.message);
  }
  const { params, files, whole, bytes, release } = multipart;
  try {
    await answerParams(request, () => resolveDocument(params), { files, whole });
  } finally {
    progress.uploadBytes = bytes();
    discardRest(req);
    await release();
  }
}
