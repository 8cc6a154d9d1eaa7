/** Returns a signal that aborts if the client disconnects before the response is written. */

import type { ServerResponse } from 'node:http';

export function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const onClose = (): void => {
    if (!response.writableEnded) controller.abort();
  };
  if (response.closed) onClose();
  else response.on('close', onClose);
  return controller.signal;
}
