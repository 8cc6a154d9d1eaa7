/** Starts a Dashly that shows the bytes of each request, and from which connection they came. */

import type { Socket } from 'node:net';
import { answerTo, startTcpUpstream } from './start-upstream.ts';

export interface RawRequest {
  /** The request line and the header lines, as they came. */
  readonly head: string;
  readonly body: Buffer;
}

export interface RawUpstream {
  readonly url: string;
  /** Requests that came whole, by their Content-Length. */
  readonly requests: readonly RawRequest[];
  /** How many connections were opened, whether or not a byte came. */
  readonly connections: () => number;
  /** How many request lines have begun. */
  readonly begun: () => number;
  /** How many bytes came in all. */
  readonly bytes: () => number;
  /** Ends every connection. */
  readonly hangUp: () => void;
}

export interface RawUpstreamOptions {
  /** Called once for each request that came whole. */
  readonly answer?: (socket: Socket, request: RawRequest) => void;
  /** Called when the head of a request is here. */
  readonly onHead?: (socket: Socket) => void;
  /** Called with the number of bytes of its connection that came so far, for each piece. */
  readonly onBytes?: (socket: Socket, bytes: number) => void;
}

/** The answer of Dashly to this request. */
export function okBytesFor({ head, body }: RawRequest): string {
  const path = /^\S+ (\S+)/.exec(head)?.[1] ?? '';
  return answerBytes(200, JSON.stringify(answerTo({ path, body: body.toString('latin1') })));
}

export function answerBytes(status: number, body: string, type = 'application/json', more = ''): string {
  return `HTTP/1.1 ${status} x\r\ncontent-type: ${type}\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export async function startRawUpstream({
  answer = (socket, request) => void socket.write(okBytesFor(request)),
  onHead = () => {},
  onBytes = () => {},
}: RawUpstreamOptions = {}): Promise<RawUpstream> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let begun = 0;
  let bytes = 0;
  const url = await startTcpUpstream((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    let pieces: Buffer[] = [];
    let received = 0;
    let head: string | null = null;
    let needed = Number.POSITIVE_INFINITY;
    socket.on('data', (piece) => {
      bytes += piece.length;
      if (received === 0) begun++;
      pieces.push(piece);
      received += piece.length;
      onBytes(socket, received);
      if (head === null) {
        const all = Buffer.concat(pieces);
        const end = all.indexOf('\r\n\r\n');
        if (end === -1) return;
        head = all.toString('latin1', 0, end);
        needed = end + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        pieces = [all];
        onHead(socket);
      }
      if (received < needed) return;
      const request = { head, body: Buffer.concat(pieces).subarray(head.length + 4) };
      requests.push(request);
      pieces = [];
      received = 0;
      head = null;
      needed = Number.POSITIVE_INFINITY;
      answer(socket, request);
    });
  });
  return {
    url,
    requests,
    connections: () => connections,
    begun: () => begun,
    bytes: () => bytes,
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
