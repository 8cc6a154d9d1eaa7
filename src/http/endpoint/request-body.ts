/** Asks a client that waits to be asked for the body of its request, `Expect: 100-continue`. */

import type { AcceptedRequest } from './graphql-request.ts';

/** To be called once the body is wanted. A client that speaks HTTP/1.0 cannot be asked. */
export function askForBody({ req, res }: AcceptedRequest): void {
  if (req.headers.expect !== undefined && req.httpVersion === '1.1') res.writeContinue();
}
