/** A stand-in for Dashly that fails in many ways, and records which replies it has created. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface FaultyDashly {
  readonly url: string;
  /** How often each reply was created, by its `external_id`. */
  readonly created: ReadonlyMap<string, number>;
  /** How often parts were requested. */
  reads(): number;
  /** Ends all faults. */
  heal(): void;
  close(): void;
}

interface Fault {
  readonly perMille: number;
  readonly creates: boolean;
  readonly answer: (res: ServerResponse) => void;
}

/** The faults of responses: how many in a thousand, and whether the reply is created all the same. */
const faults: readonly Fault[] = [
  { perMille: 20, creates: false, answer: (res) => res.destroy() },
  { perMille: 20, creates: true, answer: (res) => res.destroy() },
  { perMille: 20, creates: true, answer: (res) => res.writeHead(502).end('<html>') },
  { perMille: 10, creates: true, answer: (res) => res.writeHead(200).end('[]') },
  { perMille: 10, creates: true, answer: cutOff },
  { perMille: 10, creates: true, answer: () => {} },
  { perMille: 10, creates: false, answer: () => {} },
  { perMille: 20, creates: false, answer: (res) => refuse(res, 400, 'ValidationError') },
  { perMille: 10, creates: false, answer: (res) => refuse(res, 429, 'TooManyRequests') },
];

function cutOff(res: ServerResponse): void {
  res.writeHead(200);
  res.write('{"data": {"id"', () => res.destroy());
}

/** Delays of responses, in milliseconds; some are immediate. */
const slowestMs = 60;

/** A kept-alive connection is closed after this time, often just when the next request arrives. */
const keepAliveMs = 40;

/** A part can be read after so long at most, in milliseconds. */
const longestLagMs = 1_000;

/** How many reads in a thousand fail. */
const failingReads = 50;

export async function startFaultyDashly(): Promise<FaultyDashly> {
  const created = new Map<string, number>();
  /** What can be read of each conversation, oldest first. */
  const conversations = new Map<string, object[]>();
  let isHealed = false;
  let reads = 0;
  const server = createServer({ keepAliveTimeout: keepAliveMs }, async (req, res) => {
    const conversation = /^\/conversations\/(\d+)\//.exec(req.url ?? '')?.[1] ?? '';
    if (req.method === 'GET') {
      reads++;
      return readParts(res, conversations.get(conversation) ?? []);
    }
    const body = await buffer(req).catch(() => null);
    // An incomplete request is ignored.
    if (body === null) return;
    const id = /external_id(?:=|"\r\n\r\n)([\w-]+)/.exec(body.toString('latin1'))?.[1] ?? '';
    const randomId = Number(/(?:^|&|")random_id(?:=|"\r\n\r\n)(\d+)/.exec(body.toString('latin1'))?.[1]);
    const fault = isHealed ? null : pickFault();
    await delay(Math.random() * slowestMs);
    const part = partOf(conversation, id, randomId);
    if (!fault || fault.creates) {
      created.set(id, (created.get(id) ?? 0) + 1);
      const show = () => conversations.set(conversation, [...(conversations.get(conversation) ?? []), part]);
      setTimeout(show, Math.random() * longestLagMs);
    }
    if (fault) return fault.answer(res);
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ data: part, meta: { status: 200 } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    created,
    reads: () => reads,
    heal() {
      isHealed = true;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pickFault(): Fault | null {
  let rest = Math.random() * 1000;
  for (const fault of faults) {
    rest -= fault.perMille;
    if (rest < 0) return fault;
  }
  return null;
}

function readParts(res: ServerResponse, parts: readonly object[]): void {
  if (Math.random() * 1000 < failingReads) return void res.destroy();
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify({ data: parts.toReversed(), meta: { status: 200 } }));
}

function refuse(res: ServerResponse, status: number, error: string): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify({ meta: { status, error }, data: {} }));
}

function partOf(conversation: string, id: string, randomId: number): object {
  return {
    id: String(randomId),
    conversation,
    created: Date.now() / 1000,
    body: 'Hi',
    body_json: {},
    meta_data: {},
    type: 'reply_admin',
    external_id: id,
    random_id: randomId,
  };
}
