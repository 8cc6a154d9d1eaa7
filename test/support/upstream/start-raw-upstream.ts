/** Starts a Dashly that records the bytes of each request and its connection. */

import type { Socket } from 'node:net';
import { answerTo, startTcpUpstream } from './start-upstream.ts';

export interface RawRequest {
  /** The request line and the header lines, unchanged. */
  readonly head: string;
  readonly body: Buffer;
}

export interface RawUpstream {
  readonly url: string;
  /** Requests that arrived completely, by their Content-Length. */
  readonly requests: readonly RawRequest[];
  /** How many connections were opened, with or without a byte. */
  readonly connections: () => number;
  /** How many request lines have begun. */
  readonly begun: () => number;
  /** How many bytes arrived in total. */
  readonly bytes: () => number;
  /** Ends every connection. */
  readonly hangUp: () => void;
}

export interface RawUpstreamOptions {
  /** Called once for each request that arrived completely. */
  readonly answer?: (socket: Socket, request: RawRequest) => void;
  /** Called when the head of a request has arrived. */
  readonly onHead?: (socket: Socket) => void;
  /** Called for each chunk with the number of bytes that its connection has received so far. */
  readonly onBytes?: (socket: Socket, bytes: number) => void;
}

/** Dashly's response to this request. */
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
