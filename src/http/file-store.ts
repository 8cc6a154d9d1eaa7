/** What keeps the files of a multipart request until it is answered. */

import { Readable } from 'node:stream';
import type { FileContent } from '../conversation/attachment.ts';
import type { ExpectedFile } from './multipart-guard.ts';

export type StoredFile = Pick<FileContent, 'bytes' | 'open'>;

export interface FileStore {
  /** Resolves once it has taken notice of the map. */
  readonly isReady: Promise<void>;
  /** To be called when the request is here to its end. Rejects where not all of a file could be kept. */
  read(file: ExpectedFile): Promise<StoredFile>;
  /** Resolves when nothing that was handed over is still on its way. */
  becomeIdle(): Promise<void>;
  /** To be called after that, once; nothing is left then. */
  remove(): Promise<void>;
}

/** For a guard that keeps the files itself. */
export function keepInMemory(): FileStore {
  return {
    isReady: Promise.resolve(),
    async read(file) {
      const bytes = file.content.bytes();
      return { bytes, open: () => Readable.from([bytes]) };
    },
    becomeIdle: async () => {},
    remove: async () => {},
  };
}
