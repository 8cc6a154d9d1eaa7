/** Stores the bytes of one uploaded file until its request is answered. */

import type { FileContent } from '../../conversation/attachment.ts';

export type StoredFile = Pick<FileContent, 'open'>;

export interface FileStore {
  /**
   * Copies `bytes`, whose memory may be reused. Returns false if the caller must wait until the store is ready for more.
   */
  write(bytes: Buffer): boolean;
  /** Call this once, when the whole file is written. Rejects if it could not be stored completely. */
  finish(): Promise<StoredFile>;
  /** Removes the file; readers in progress may finish. It can be called again. */
  remove(): Promise<void>;
}
