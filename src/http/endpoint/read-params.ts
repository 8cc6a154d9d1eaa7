/** Reads the parameters of a request from its URL, its JSON body or its multipart body. */

import { GraphQLError } from 'graphql';
import { refuse } from '../respond.ts';
import { readUpload } from '../uploads/read-upload.ts';
import { preflightHeaders } from './csrf.ts';
import type { GraphQLRequest, ReadResult } from './graphql-request.ts';
import { readJsonBody } from './json-body.ts';
import { isUtf8, parseMediaType } from './negotiate.ts';
import { parseUrlParams } from './params.ts';

/** `attachmentMaxBytes` is the size of the largest file. */
export function readParams(
  request: GraphQLRequest,
  attachmentMaxBytes: number,
): ReadResult | Promise<ReadResult> {
  const { method, headers, url = '' } = request.req;
  if (method === 'GET') return readUrl(url);
  if (method !== 'POST') return { kind: 'invalid', error: methodNotAllowed() };
  const contentType = headers['content-type'] ?? '';
  const isUpload = isMultipart(contentType);
  if (!isUpload && !isJson(contentType)) return unsupportedMediaType;
  if (!/^\s*identity\s*$/i.test(headers['content-encoding'] ?? 'identity')) return compressed;
  return isUpload ? readUpload(request, attachmentMaxBytes) : readJsonBody(request);
}

function readUrl(url: string): ReadResult {
  const params = parseUrlParams(url);
  return params instanceof GraphQLError
    ? { kind: 'invalid', error: params }
    : { kind: 'read', params, bytes: 0, upload: null };
}

/** Ignores unknown parameters of the media type. */
function isJson(contentType: string): boolean {
  if (contentType === 'application/json') return true;
  const mediaType = parseMediaType(contentType);
  return /^application\/(?:graphql\+)?json$/.test(mediaType.type) && isUtf8(mediaType);
}

function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\s*(?:;|$)/i.test(contentType);
}

const unsupportedMediaType = refuse(
  415,
  'A POST must have a JSON body, or be a multipart request with files: set the header "Content-Type: application/json", ' +
    'or send multipart/form-data as the GraphQL multipart request specification describes, ' +
    `with one of the headers ${preflightHeaders.join(', ')}.`,
);

const compressed = refuse(415, 'The body of the request is compressed; send it uncompressed.', {
  'accept-encoding': 'identity',
});

function methodNotAllowed(): GraphQLError {
  const http = { status: 405, headers: { Allow: 'GET, POST' } };
  return new GraphQLError('GraphQL only supports GET and POST requests.', {
    extensions: { code: 'BAD_REQUEST', http },
  });
}
