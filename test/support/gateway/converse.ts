/** Sends bytes over a plain socket and reads what the server does with the connection. */

import { connect } from 'node:net';
import { patienceMs } from '../until.ts';

export interface Conversation {
  /** The status of each response, in order. */
  readonly statuses: readonly number[];
  /** All received text. */
  readonly text: string;
}

/** The last request, so that the server closes the connection after its response. */
const lastRequest = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/**
 * Writes these bytes, then requests `/health` on the same connection. Resolves when the server has closed the connection; rejects if that
 * takes so long that the connection must be stuck.
 */
export function converse(origin: string, ...bytes: (string | Buffer)[]): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      for (const piece of bytes) socket.write(piece);
      socket.write(lastRequest);
    });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`The connection is stuck after: ${text}`));
    }, patienceMs);
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    // A server that rejects the rest of a body may reset the connection: this counts as an end, too.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ statuses, text });
    });
  });
}

/** The bytes of a POST to the endpoint. */
export function postBytes(body: string | Buffer, headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.from(body);
  const all = { 'content-type': 'application/json', 'content-length': String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST /graphql HTTP/1.1\r\nhost: x\r\n${lines.join('')}\r\n`), bytes]);
}

/** The bytes of a POST with a chunked body. */
export function postChunked(body: string | Buffer, chunkSize = 65_536): Buffer {
  const bytes = Buffer.from(body);
  const pieces: Buffer[] = [
    Buffer.from(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    ),
  ];
  for (let start = 0; start < bytes.length; start += chunkSize) {
    const chunk = bytes.subarray(start, start + chunkSize);
    pieces.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}
