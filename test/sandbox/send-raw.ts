/** Speaks to a port in bytes, for what an HTTP client would not send or not show. */

import { connect } from 'node:net';
import { patienceMs } from '../until.ts';

/** How a connection went: every byte that came, and how it ended. */
export interface RawExchange {
  received: Buffer;
  /** `end` for a FIN, else the code of the error; `timeout` where nothing ended it in time. */
  ending: string;
}

/** Sends bytes and listens until the other side ends the connection, or for so many milliseconds. */
export function sendRaw(
  port: number,
  bytes: string | Uint8Array,
  { patience = patienceMs }: { patience?: number } = {},
): Promise<RawExchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const finish = (ending: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ received: Buffer.concat(chunks), ending });
    };
    const timer = setTimeout(() => finish('timeout'), patience);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => finish('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'error'));
  });
}

/** A whole request for a reply in bytes, the body as it is given. */
export function rawReply(
  id: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Buffer {
  const bytes = Buffer.from(body);
  const all = {
    host: 'sandbox',
    authorization: 'Token sandbox',
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(bytes.length),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`POST /conversations/${id}/reply HTTP/1.1\r\n${head.join('')}\r\n`),
    bytes,
  ]);
}
