/** The value of an `Upload` in the variables of an operation. */

import type { ArrivingFile, FileArrival } from '../../conversation/attachment.ts';

/** A class, since no JSON from a client can be an instance of it. */
export class UploadedFile implements ArrivingFile {
  readonly arrival: Promise<FileArrival>;
  /** Whether a variable of the operation uses it; if not, the file would be lost silently. */
  isUsed = false;

  constructor(arrival: Promise<FileArrival>) {
    this.arrival = arrival;
    // Nobody may wait for it, where the operation ends early.
    arrival.catch(() => {});
  }

  /** What graphql-js shows of it in a message. */
  toJSON(): string {
    return 'a file';
  }
}
