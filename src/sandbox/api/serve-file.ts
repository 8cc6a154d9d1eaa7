/** Serves files: the attachments that were sent to the sandbox, and the avatar of its admins. */
import type { ServerResponse } from 'node:http';
import type { SandboxState } from '../sandbox-state.ts';
import { errorResponse } from './responses.ts';
import { sendResponse } from './send-response.ts';

const avatar =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="32" fill="#e0b872"/></svg>\n';

/** Serves the one avatar that all admins have. */
export function serveAvatar(response: ServerResponse): void {
  response
    .writeHead(200, { 'content-type': 'image/svg+xml', 'x-content-type-options': 'nosniff' })
    .end(avatar);
}

/** Image types that a browser shows without running anything in them. */
export const imageTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/**
 * Serves an attachment by its id, `Error404` if it is not stored. With `imagesOnly` every file that is not an
 * image is `application/octet-stream`.
 */
export function serveAttachment(
  state: SandboxState,
  id: string,
  response: ServerResponse,
  { imagesOnly = false } = {},
): void {
  const file = state.files.items.find((it) => it.id === id);
  if (file === undefined) {
    sendResponse(response, errorResponse('Error404'));
    return;
  }
  // Some types that were sent are not valid in a header.
  const keepsType = imagesOnly ? imageTypes.includes(file.mimeType) : /^[\x20-\x7e]+$/.test(file.mimeType);
  response
    .writeHead(200, {
      'content-type': keepsType ? file.mimeType : 'application/octet-stream',
      'content-length': file.bytes.length,
      'content-disposition': `attachment; filename*=UTF-8''${encodeExtended(file.filename)}`,
      'x-content-type-options': 'nosniff',
    })
    .end(file.bytes);
}

/** The encoding of RFC 8187, which escapes more than `encodeURIComponent`. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
