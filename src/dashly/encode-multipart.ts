/** How a reply travels with its attachment: the form fields and the file as `multipart/form-data`. */

import { randomUUID } from 'node:crypto';
import { type FileContent, fileNameFrom, type OutgoingFile } from '../conversation/attachment.ts';
import type { Outlet } from './connection.ts';
import type { FormFields } from './encode-reply.ts';

export interface MultipartBody {
  /** The header, with the boundary. */
  readonly contentType: string;
  /** In bytes, exact: many servers refuse a body whose length is not announced. */
  readonly contentLength: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The field `attachment_file_name` has the exact name of the file; the header of its part has a name that every server reads.
 *
 * @param outlet - Where the body goes.
 */
export function encodeMultipart(
  fields: FormFields,
  { fileName, content }: OutgoingFile,
  outlet: Outlet,
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
    body: joined(before, content, after, outlet),
  };
}

/**
 * Characters that servers read in different ways, up to losing the file: `%22` and `&#47;` are decoded by some, and invisible or
 * unassigned characters are removed.
 */
const unsafeInHeader = /["%&;\p{C}\p{Zl}\p{Zp}]/gu;

/** Django drops a part whose header is longer than 1,024 bytes. */
const maxHeaderFileNameBytes = 255;

/** A name that no server drops: PHP, busboy and Django drop a file whose name is empty or `.` once they have cleaned it. */
function headerFileName(fileName: string): string {
  let name = fileNameFrom(fileName).replace(unsafeInHeader, '_');
  // A character has up to 4 bytes in UTF-8.
  if (Buffer.byteLength(name) > maxHeaderFileNameBytes)
    name = fileNameFrom(name, Math.floor(maxHeaderFileNameBytes / 4));
  // A server with an older Unicode version may remove all other characters.
  return /[a-z0-9_]/i.test(name) ? name : `_${name}`;
}

/** The file is opened with the first byte that is sent, and closed however the sending ends. */
async function* joined(
  before: Uint8Array,
  file: FileContent,
  after: Uint8Array,
  outlet: Outlet,
): AsyncGenerator<Uint8Array> {
  yield before;
  for await (const chunk of file.open()) {
    yield chunk;
    await outlet.flush();
  }
  yield after;
}
