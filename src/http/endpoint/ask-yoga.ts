/** Has Yoga answer a request. */

import { sendError } from '../respond.ts';
import type { Yoga, YogaServerContext } from './yoga.ts';

export async function askYoga(yoga: Yoga, context: YogaServerContext): Promise<void> {
  const { req, res } = context;
  const { host } = req.headers;
  // Yoga makes a URL of it, of which it is to be no other part, and takes it badly if it cannot.
  const isHost = host === undefined || (/^[^/?#@\\]*$/.test(host) && URL.canParse(`http://${host}`));
  if (!isHost) return sendError(req, res, 400, 'The header Host names no host.');
  const response = await yoga.handleNodeRequestAndResponse(req, res, context);
  // Yoga would write it by itself, and wait for ever where the client has gone.
  const body = Buffer.from(await response.arrayBuffer());
  for (const [name, value] of response.headers) res.setHeader(name, value);
  res.writeHead(response.status, { 'content-length': body.length });
  res.end(body);
  context.admitted.holdResponse(body.length);
}
