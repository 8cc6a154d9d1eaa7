/** The value of an `Upload` in the variables of an operation. */

import type { ArrivingFile, FileArrival } from '../../conversation/attachment.ts';

/** A class, because a value from JSON cannot be an instance of it. */
export class UploadedFile implements ArrivingFile {
  readonly arrival: Promise<FileArrival>;

  constructor(arrival: Promise<FileArrival>) {
    this.arrival = arrival;
    // If the operation ends early, a rejection would be unhandled.
    arrival.catch(() => {});
  }

  /** graphql-js prints this in its messages. */
  toJSON(): string {
    return 'a file';
  }
}
