/** Reads uploads, within their limits: files per request, uploads at a time, bytes. */

import type { Caller } from '../../conversation/callers/caller.ts';
import { type Admitted, NotAdmitted } from '../admission.ts';
import { discardRest } from '../discard-rest.ts';
import { hasPreflightHeader, preflightHeaders } from '../endpoint/csrf.ts';
import { BadRequest } from '../endpoint/errors.ts';
import { type GraphQLRequest, type ReadResult, sendContinue } from '../endpoint/graphql-request.ts';
import { maxJsonBytes } from '../endpoint/json-body.ts';
import { type Refusal, refuse, refuseNotAdmitted } from '../respond.ts';
import { type MultipartRequest, receiveMultipart } from './multipart-request.ts';

/** Files per request. `UPLOAD_MAX_BYTES` limits each of them. */
const maxFiles = 5;

/** Concurrent uploads: a JWT belongs to one person; an API key or a Dashly token may serve many. */
const maxUploadsOfPerson = 8;
const maxUploadsOfServer = 48;

/** Memory per upload: blocks between the connection and the disk, or a small file in memory. */
const heldPerUpload = 512 * 1024;

/** Resolves when the parameters are read; the files may still be arriving. */
export async function readUpload(request: GraphQLRequest, maxFileBytes: number): Promise<ReadResult> {
  const { req, admitted } = request;
  const refusal = refusalOf(request);
  if (refusal) return refusal;
  sendContinue(request);
  const reserve = (bytes: number) => admitted.reserve(bytes);
  try {
    const limits = { maxFiles, maxFileBytes, maxFieldBytes: maxJsonBytes, reserve };
    return asRead(await receiveMultipart(req, limits), request);
  } catch (error) {
    admitted.endUpload();
    if (error instanceof NotAdmitted) return refuseNotAdmitted(error.refusal);
    if (error instanceof BadRequest) return refuse(error.status, error.message);
    throw error;
  }
}

/** Reserves the upload, or returns why it is refused before its body is read. */
function refusalOf({ req, caller, admitted }: GraphQLRequest): Refusal | null {
  if (!hasPreflightHeader(req)) {
    const names = preflightHeaders.join(', ');
    return refuse(403, `A multipart request needs one of these headers, with any value: ${names}.`);
  }
  if (!caller) {
    const message = 'An upload needs a header "Authorization: Token …" (or "Bearer …").';
    return refuse(401, message, { 'www-authenticate': 'Token realm="dashly-graphql-gateway"' });
  }
  return reserveUpload(caller, admitted);
}

function reserveUpload({ kind }: Caller, admitted: Admitted): Refusal | null {
  const maxUploads = kind === 'jwt' ? maxUploadsOfPerson : maxUploadsOfServer;
  const limit = admitted.reserveUpload(maxUploads) ?? admitted.reserve(heldPerUpload);
  if (!limit) return null;
  admitted.endUpload();
  return refuseNotAdmitted(limit);
}

function asRead(
  { params, paramsBytes, ...upload }: MultipartRequest,
  { req, admitted }: GraphQLRequest,
): ReadResult {
  async function release(): Promise<void> {
    discardRest(req);
    try {
      await upload.release();
    } finally {
      admitted.endUpload();
    }
  }
  return { kind: 'read', params, bytes: paramsBytes, upload: { ...upload, release } };
}
