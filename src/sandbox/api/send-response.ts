/** Writes a response to the connection, including broken ones. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { ApiResponse, HttpResponse } from './responses.ts';

const jsonType = 'application/json; charset=utf-8';

/** Writes the response without waiting; a delay ends early if the connection does. */
export function sendResponse(response: ServerResponse, answer: ApiResponse): void {
  switch (answer.kind) {
    case 'http': {
      const send = () => {
        if (answer.repeatMs !== undefined) sendAgain(response, answer, answer.repeatMs);
        response.writeHead(answer.status, answer.headers).end(answer.body);
      };
      if (answer.delayMs === undefined) {
        send();
      } else {
        const timer = setTimeout(send, answer.delayMs);
        response.once('close', () => clearTimeout(timer));
      }
      return;
    }
    case 'truncated': {
      const bytes = Buffer.from(answer.body);
      response.writeHead(200, { 'content-type': jsonType, 'content-length': bytes.length });
      // Not before the first half is passed to the system: closing earlier could discard it.
      response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroy());
      return;
    }
    case 'headers-only':
      response.writeHead(200, { 'content-type': jsonType, 'content-length': 1_000 });
      response.flushHeaders();
      return;
    case 'none':
      return;
    case 'not-http':
      response.socket?.write('What conversation?\r\n\r\n');
      response.socket?.destroySoon();
      return;
    case 'closed':
      response.socket?.destroy();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
  }
}

/** Writes to the socket directly, since Node sends one response for each request. */
function sendAgain(
  { socket }: ServerResponse,
  { status, headers, body }: HttpResponse,
  delayMs: number,
): void {
  const all = { ...headers, date: new Date().toUTCString(), 'content-length': Buffer.byteLength(body) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
  setTimeout(() => {
    if (socket?.writable) socket.write(bytes);
  }, delayMs);
}
