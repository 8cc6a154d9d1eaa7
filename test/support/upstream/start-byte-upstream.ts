/** Starts a Dashly that parses requests as HTTP, and answers with arbitrary bytes. */

import type { Socket } from 'node:net';
import { startTcpUpstream } from './start-upstream.ts';

export interface ByteUpstream {
  /** For `DASHLY_API_URL`. */
  readonly url: string;
  /** The bodies of the requests that were received completely, in order. */
  readonly bodies: readonly string[];
  /** How many connections sent at least one byte. */
  readonly used: () => number;
}

/** `answer` is called once for each request that was received completely. */
export async function startByteUpstream(
  answer: (socket: Socket, body: string) => void,
): Promise<ByteUpstream> {
  const bodies: string[] = [];
  let used = 0;
  const url = await startTcpUpstream((socket) => {
    let received = Buffer.alloc(0);
    socket.once('data', () => used++);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let end = endOfRequest(received); end !== null; end = endOfRequest(received)) {
        const body = received.subarray(received.indexOf('\r\n\r\n') + 4, end).toString();
        received = received.subarray(end);
        bodies.push(body);
        answer(socket, body);
      }
    });
  });
  return { url, bodies, used: () => used };
}

function endOfRequest(bytes: Buffer): number | null {
  const head = bytes.indexOf('\r\n\r\n');
  if (head === -1) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.subarray(0, head).toString('latin1'))?.[1];
  const end = head + 4 + Number(length ?? 0);
  return bytes.length >= end ? end : null;
}
