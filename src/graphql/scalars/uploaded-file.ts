/** The value of an `Upload` in the variables of an operation. */

import { Upload } from 'graphql-upload-ts';
import type { FileArrival } from '../../conversation/attachment.ts';

/** The library's promise resolves to any value, but its types allow only files that its own reader has stored. */
const LibraryUpload = Upload as unknown as new () => {
  readonly promise: Promise<FileArrival>;
  resolve(arrival: FileArrival): void;
  reject(error: unknown): void;
};

export class UploadedFile extends LibraryUpload {
  /** @param arrival - Rejects if the request is broken, so that the file is incomplete. */
  constructor(arrival: Promise<FileArrival>) {
    super();
    arrival.then(
      (file) => this.resolve(file),
      (error: unknown) => this.reject(error),
    );
  }

  /** graphql-js prints this in its messages. */
  toJSON(): string {
    return 'a file';
  }
}
