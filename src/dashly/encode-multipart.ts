/** How a reply travels with its attachment: the form fields and the file as `multipart/form-data`. */

import { randomUUID } from 'node:crypto';
import type { FileContent, OutgoingFile } from '../conversation/attachment.ts';
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
 * The name of the file goes into a field of its own, and into the header of the file's part.
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
    `--${boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="${escapeName(fileName)}"\r\n` +
    `Content-Type: ${content.mediaType}\r\n\r\n`;
  const before = Buffer.from(texts.join('') + fileHeader);
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: before.length + content.size + after.length,
    body: joined(before, content, after, outlet),
  };
}

/** As the HTML standard escapes the name of a file; other control characters, which no header may have, are left out. */
function escapeName(name: string): string {
  const escaped = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return escaped.replace(/\p{Cc}/gu, '');
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
