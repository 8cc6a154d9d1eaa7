/** Sends bytes to a port, for tests of what an HTTP client does not send or does not show. */

import { connect } from 'node:net';
import { patienceMs } from '../support/until.ts';

/** Every byte that was received, and how the connection ended. */
export interface RawExchange {
  received: Buffer;
  /** `end` for a FIN, the code of the error, or `timeout`. */
  ending: string;
}

/** Sends bytes and reads until the server ends the connection, or for `patience` milliseconds. */
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

/** The bytes of a complete request for a reply. */
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
