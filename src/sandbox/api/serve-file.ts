/** The downloads of a sandbox: the files that were sent to it, and a face for its admins. */
import type { ServerResponse } from 'node:http';
import { refuse } from '../refuse.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { giveAnswer } from './send-response.ts';

const avatar =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="32" fill="#e0b872"/></svg>\n';

/** Answers a GET of `/avatars/…`, the same picture for everybody. */
export function serveAvatar(response: ServerResponse): void {
  response
    .writeHead(200, { 'content-type': 'image/svg+xml', 'x-content-type-options': 'nosniff' })
    .end(avatar);
}

/** Kinds of pictures that a browser shows without running anything in them. */
export const pictureTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/**
 * Answers a GET of an attachment by its id, whatever name follows; `Error404` where it is not kept. With `isPictureOrBytes` what
 * is no picture has no type of its own.
 */
export function serveAttachment(
  state: SandboxState,
  id: string,
  response: ServerResponse,
  { isPictureOrBytes = false } = {},
): void {
  const file = state.files.items.find((it) => it.id === id);
  if (file === undefined) {
    giveAnswer(response, refuse('Error404'));
    return;
  }
  // As the sender named it, unless it would not pass as a header.
  const isTaken = isPictureOrBytes
    ? pictureTypes.includes(file.mimeType)
    : /^[\x20-\x7e]+$/.test(file.mimeType);
  response
    .writeHead(200, {
      'content-type': isTaken ? file.mimeType : 'application/octet-stream',
      'content-length': file.bytes.length,
      'content-disposition': `attachment; filename*=UTF-8''${encodeExtended(file.filename)}`,
      'x-content-type-options': 'nosniff',
    })
    .end(file.bytes);
}

/** The encoding of RFC 8187, which allows less than `encodeURIComponent` leaves as it is. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
