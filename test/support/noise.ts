/** Pseudorandom bytes that are the same each time. */

import { createCipheriv } from 'node:crypto';

export function noise(bytes: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16, 9));
  return cipher.update(Buffer.alloc(bytes));
}
