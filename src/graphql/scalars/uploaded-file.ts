/** The value of an `Upload` in the variables of an operation. */

import type { ArrivingFile, FileArrival } from '../../conversation/attachment.ts';

/** A class, since nothing that a client writes in JSON can be an instance of one. */
export class UploadedFile implements ArrivingFile {
  readonly arrival: Promise<FileArrival>;
  /** Whether a variable of the operation takes it; else the file would be lost without a word. */
  isTaken = false;

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
