/** The files that are sent along: bytes that do not compress, and are the same in every process. */

import { createCipheriv } from 'node:crypto';

/** @param bytes - How long the file is. */
export function createFile(bytes: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(bytes));
}
