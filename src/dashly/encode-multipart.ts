/** Encodes form fields and a file as `multipart/form-data`. */

import { randomUUID } from 'node:crypto';
import { type FileContent, fileNameFrom, type OutgoingFile } from '../conversation/attachment.ts';
import type { Connection } from './connections/connection.ts';
import type { FormFields } from './encode-urlencoded.ts';

export interface MultipartBody {
  /** The header, with the boundary. */
  readonly contentType: string;
  /** In bytes, exact: many servers reject a body of unknown length. */
  readonly contentLength: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The field `attachment_file_name` has the exact name of the file; the header of its part has a name that every server can read.
 *
 * @param connection - The file is read no faster than it is sent there.
 */
export function encodeMultipart(
  fields: FormFields,
  { fileName, content }: OutgoingFile,
  connection: Pick<Connection, 'flush'>,
): MultipartBody {
  const boundary = `dashly-graphql-gateway-${randomUUID()}`;
  const texts = [...fields, ['attachment_file_name', fileName] as const].map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const fileHeader =
    `--${boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="${headerFileName(fileName)}"\r\n` +
    `Content-Type: ${content.mediaType}\r\n\r\n`;
  const before = Buffer.from(texts.join('') + fileHeader);
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: before.length + content.size + after.length,
    body: join(before, content, after, connection),
  };
}

/**
 * Characters that servers read differently, up to losing the file: some decode `%22` and `&#47;`, and some remove invisible or unassigned
 * characters.
 */
const unsafeInHeader = /["%&;\p{C}\p{Zl}\p{Zp}]/gu;

/** Django drops a part whose header is longer than 1,024 bytes. */
const maxHeaderFileNameBytes = 255;

/** A name that no server drops: PHP, busboy and Django drop a file whose name is empty or `.` after they have cleaned it. */
function headerFileName(fileName: string): string {
  let name = fileNameFrom(fileName).replace(unsafeInHeader, '_');
  // A character has up to 4 bytes in UTF-8.
  if (Buffer.byteLength(name) > maxHeaderFileNameBytes)
    name = fileNameFrom(name, Math.floor(maxHeaderFileNameBytes / 4));
  // A server with an older Unicode version may remove all other characters.
  return /[a-z0-9_]/i.test(name) ? name : `_${name}`;
}

/** Opens the file when sending begins, and closes it when sending ends, also by an error. */
async function* join(
  before: Uint8Array,
  file: FileContent,
  after: Uint8Array,
  connection: Pick<Connection, 'flush'>,
): AsyncGenerator<Uint8Array> {
  yield before;
  for await (const chunk of file.open()) {
    yield chunk;
    await connection.flush();
  }
  yield after;
}
