/** The uploaded files: bytes that do not compress, and are the same in every process. */

import { createCipheriv } from 'node:crypto';

/** @param bytes - The length of the file. */
export function createFile(bytes: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(bytes));
}
