/** The cursors of parts: opaque texts with the id of a part. */

import { isId } from '../../conversation/reply.ts';

/** Distinguishes these cursors from those of later versions. */
const version = 'part:1:';

/** Longer texts are not decoded. */
const maxLength = 64;

export function encodeCursor(partId: string): string {
  return Buffer.from(version + partId).toString('base64url');
}

/** Null if the text is not a cursor of this gateway. */
export function decodeCursor(cursor: string): string | null {
  if (cursor.length > maxLength) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  const id = text.slice(version.length);
  // Node.js ignores characters that are not base64url.
  return text.startsWith(version) && isId(id) && encodeCursor(id) === cursor ? id : null;
}
