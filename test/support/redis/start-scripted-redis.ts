/** Starts a server with the protocol of Redis whose replies a test chooses: wrong, late or missing ones. */

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ScriptedRedis {
  readonly port: number;
  /** How many connections were opened so far. */
  readonly connections: () => number;
}

/** Returns the reply as it is sent, `null` for the usual one of a cluster node, or never resolves. */
export type AnswerCommand = (words: readonly string[]) => string | null | Promise<string>;

/** Stops at the end of the test. */
export async function startScriptedRedis(
  answer: AnswerCommand,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<ScriptedRedis> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    let received = '';
    socket.on('data', async (chunk) => {
      received += chunk.toString('latin1');
      for (let command = readCommand(received); command; command = readCommand(received)) {
        received = received.slice(command.length);
        socket.write((await answer(command.words)) ?? usualReply(command.words));
      }
    });
  }).listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

/** The reply to `CLUSTER SLOTS` if one node owns all of these. The host may be null. */
export function slotsReply(port: number, host: string | null = '127.0.0.1', lastSlot = 16_383): string {
  return `*1\r\n*3\r\n:0\r\n:${lastSlot}\r\n*2\r\n${host === null ? '_\r\n' : bulk(host)}:${port}\r\n`;
}

const usualReply = ([name]: readonly string[]): string => {
  if (name === 'HELLO') return `%1\r\n${bulk('proto')}:3\r\n`;
  return name === 'INFO' ? bulk('redis_mode:cluster\r\nrole:master\r\n') : ':1\r\n';
};

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** Null if the text does not begin with a whole command. */
function readCommand(text: string): { words: readonly string[]; length: number } | null {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return null;
  const words: string[] = [];
  let length = head[0].length;
  for (let index = 0; index < Number(head[1]); index++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(length));
    if (!size) return null;
    const from = length + size[0].length;
    length = from + Number(size[1]) + 2;
    if (text.length < length) return null;
    words.push(text.slice(from, length - 2));
  }
  return { words, length };
}
