/** What keeps the bytes of one uploaded file until its request is answered. */

import type { FileContent } from '../../conversation/attachment.ts';

export type StoredFile = Pick<FileContent, 'open'>;

export interface FileStore {
  /**
   * Keeps a copy: the memory of `bytes` may be used again. False where it has enough for now, and will tell when it is ready
   * for more.
   */
  write(bytes: Buffer): boolean;
  /** To be called when all of the file is here, once. Rejects where not all of it could be kept. */
  finish(): Promise<StoredFile>;
  /** Resolves when nothing is left of it, but for those who are still reading it; may be called again. */
  remove(): Promise<void>;
}
