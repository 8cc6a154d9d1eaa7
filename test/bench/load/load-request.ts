/** The request of the load, in each of the forms that servers accept. */

import { createHash } from 'node:crypto';
import type { Operation } from '../operations.ts';
import { createFile } from './attachment-file.ts';

/** A POST. */
export interface LoadRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const common = { accept: 'application/json', authorization: 'Token bench' };
const boundary = 'bench-5f0c9b1e7d';

/** The path and body of any JSON. */
export function jsonRequest(path: string, json: unknown): LoadRequest {
  return {
    path,
    headers: { ...common, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(json)),
  };
}

/** As GraphQL clients send it. */
export function graphqlRequest({ name, document, input }: Operation): LoadRequest {
  return jsonRequest('/graphql', { operationName: name, query: document, variables: { input } });
}

/** By the id of the document. */
export function trustedRequest({ document, input }: Operation): LoadRequest {
  return jsonRequest('/graphql', { documentId: documentId(document), variables: { input } });
}

/** The SHA-256 that identifies a trusted document. */
export function documentId(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}

/** With a file, by the GraphQL multipart request specification. */
export function graphqlUpload({ name, document, input }: Operation, fileBytes: number): LoadRequest {
  const variables = { input: { ...input, attachment: { file: null } } };
  const fields = {
    operations: JSON.stringify({ operationName: name, query: document, variables }),
    map: JSON.stringify({ 0: ['variables.input.attachment.file'] }),
  };
  const { headers, ...request } = multipartRequest('/graphql', fields, '0', fileBytes);
  return { ...request, headers: { ...headers, 'apollo-require-preflight': 'true' } };
}

/** With a file, as the upstream accepts it. */
export function directUpload({ form, input }: Operation, fileBytes: number): LoadRequest {
  const path = `/conversations/${input.conversationId}/reply`;
  return multipartRequest(path, { ...form, attachment_file_name: 'file.bin' }, 'attachment', fileBytes);
}

function multipartRequest(
  path: string,
  fields: Readonly<Record<string, string>>,
  fileField: string,
  fileBytes: number,
): LoadRequest {
  const texts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const fileHeader =
    `--${boundary}\r\nContent-Disposition: form-data; name="${fileField}"; filename="file.bin"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n';
  const body = Buffer.concat([
    Buffer.from(texts.join('') + fileHeader),
    createFile(fileBytes),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { path, headers: { ...common, 'content-type': `multipart/form-data; boundary=${boundary}` }, body };
}
