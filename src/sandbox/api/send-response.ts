/** Puts an answer on the wire. */
import type { ServerResponse } from 'node:http';
import type { Answer } from './responses.ts';

/** Writes the answer and returns at once; a delay or a silence ends early when the connection does. */
export function giveAnswer(response: ServerResponse, answer: Answer): void {
  switch (answer.kind) {
    case 'send': {
      const send = () => {
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
    case 'cut-off': {
      const bytes = Buffer.from(answer.body);
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': bytes.length,
      });
      // Only once the half is handed to the system: an earlier end could swallow it.
      response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroy());
      return;
    }
    case 'silence-after-headers':
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': 1_000 });
      response.flushHeaders();
      return;
    case 'silence':
      return;
    case 'garbage':
      response.socket?.write('What conversation?\r\n\r\n');
      response.socket?.destroySoon();
      return;
    case 'hang-up':
      response.socket?.destroy();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
  }
}
