/** Whether the client of a request still waits for its answer. */

import type { ServerResponse } from 'node:http';
import type { Presence } from '../conversation/request-aborted.ts';

export class ClientPresence implements Presence {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get isGone(): boolean {
    return this.#response.closed && !this.#response.writableEnded;
  }

  onGone(listener: () => void): () => void {
    const response = this.#response;
    const onClose = (): void => {
      if (this.isGone) listener();
    };
    response.once('close', onClose);
    return () => response.off('close', onClose);
  }
}
