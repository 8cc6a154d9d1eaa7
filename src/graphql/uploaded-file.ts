/** The value of an `Upload` in the variables of an operation. */

import type { ArrivingFile, FileArrival } from '../conversation/attachment.ts';

/** A class, since nothing that a client writes in JSON can be an instance of one. */
export class UploadedFile implements ArrivingFile {
  readonly arrival: Promise<FileArrival>;

  constructor(arrival: Promise<FileArrival>) {
    this.arrival = arrival;
    // Nobody may wait for it, where the operation ends early.
    arrival.catch(() => {});
  }
}
