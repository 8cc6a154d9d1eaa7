/** Speaks HTTP over a bare socket, to see what becomes of a connection. */

import { connect } from 'node:net';
import { patienceMs } from './until.ts';

export interface Conversation {
  /** The status of each answer, in order. */
  readonly statuses: readonly number[];
  /** All that came. */
  readonly text: string;
}

/** Asked last, so that the server closes the connection when it has come that far. */
const lastRequest = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/**
 * Writes these bytes, then asks for `/health` on the same connection. Resolves when the server has closed it, and rejects
 * when that takes so long that the connection must be stuck.
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
    // A server that refuses the rest of a body may reset the connection: that is an end as well.
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

/** The bytes of a POST whose body comes in chunks. */
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
