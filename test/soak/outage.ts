/**
 * An outage, `npm run soak:outage`: 1,000 replies of several callers are answered 503 while replies to another conversation go on. Prints the
 * latency of those, with look-ups and without, in alternating rounds (`ROUNDS`). Has no pass or fail: a person reads the figures.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { freePort } from '../support/free-port.ts';
import { GatewayProcess } from './gateway-process.ts';

const rounds = Number(process.env['ROUNDS'] ?? 3);
const lostReplies = 1_000;
const healthyClients = 8;
/** Each sends a reply in so many milliseconds. */
const intervalMs = 20;
/** Longer than any look-up. */
const roundMs = 8_000;
const healthyConversation = '1';

/** Stands in for Dashly: confirms replies to the healthy conversation, and fails all others although it creates them. */
async function startDashly() {
  const counts = { posts: 0, reads: 0, readsNow: 0, mostReads: 0 };
  const parts = new Map<string, object[]>();
  const server = createServer(async (req, res) => {
    const conversation = /^\/conversations\/(\d+)\//.exec(req.url ?? '')?.[1] ?? '';
    const known = parts.get(conversation) ?? [];
    res.setHeader('content-type', 'application/json');
    if (req.method === 'GET') {
      counts.reads++;
      counts.mostReads = Math.max(counts.mostReads, ++counts.readsNow);
      await delay(30);
      counts.readsNow--;
      return void res.end(JSON.stringify({ meta: { status: 200 }, data: known.slice(-50).reverse() }));
    }
    counts.posts++;
    const fields = new URLSearchParams((await buffer(req)).toString());
    const data = {
      id: String(counts.posts),
      conversation,
      created: Date.now() / 1000,
      body: fields.get('body') ?? '',
      type: 'reply_admin',
      random_id: Number(fields.get('random_id')),
    };
    parts.set(conversation, [...known.slice(-49), data]);
    if (conversation !== healthyConversation) return void res.writeHead(503).end();
    await delay(10);
    res.end(JSON.stringify({ meta: { status: 200 }, data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    counts,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const query = `mutation ($id: ID!) { replyToConversation(input: { conversationId: $id, body: "Hello" }) {
  __typename ... on ReplyToConversationPayload { recovered } } }`;

async function send(url: string, dispatcher: Agent, id: string, caller: number): Promise<string> {
  const { body } = await request(url, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Token ${caller}` },
    body: JSON.stringify({ query, variables: { id } }),
  });
  return body.text();
}

async function measure(recoveryTimeoutMs: number) {
  const dashly = await startDashly();
  const environment = {
    DASHLY_API_URL: dashly.url,
    RECOVERY_TIMEOUT_MS: String(recoveryTimeoutMs),
    LOG_LEVEL: 'silent',
  };
  const gateway = new GatewayProcess(await freePort(), environment);
  await gateway.start();
  const dispatcher = new Agent();
  const healthy = () => send(gateway.url, dispatcher, healthyConversation, 0);
  for (let count = 0; count < 500; count++) await healthy();
  // The gateway reads a success back before it looks anything up.
  await delay(1_000);

  const latencies: number[] = [];
  const endsAt = performance.now() + roundMs;
  const clients = Array.from({ length: healthyClients }, async () => {
    while (performance.now() < endsAt) {
      const startedAt = performance.now();
      await healthy();
      latencies.push(performance.now() - startedAt);
      await delay(intervalMs);
    }
  });
  const outage = Array.from({ length: lostReplies }, (_, index) =>
    send(gateway.url, dispatcher, String(100 + index), 1 + (index % 4)),
  );
  const answers = await Promise.all(outage);
  await Promise.all(clients);
  await gateway.stop('SIGTERM');
  await dispatcher.close();
  dashly.close();
  const sorted = latencies.sort((a, b) => a - b);
  const percentile = (share: number): string => (sorted[Math.floor(share * sorted.length)] ?? 0).toFixed(1);
  return {
    'healthy replies': sorted.length,
    'p50, ms': percentile(0.5),
    'p99, ms': percentile(0.99),
    'recovered of 1,000': answers.filter((answer) => answer.includes('"recovered":true')).length,
    reads: dashly.counts.reads,
    'reads at once, at most': dashly.counts.mostReads,
  };
}

for (let round = 1; round <= rounds; round++) {
  for (const recoveryTimeoutMs of [0, 5_500]) {
    const figures = Object.entries(await measure(recoveryTimeoutMs)).map(
      ([name, figure]) => `${name}: ${figure}`,
    );
    console.log(`RECOVERY_TIMEOUT_MS=${recoveryTimeoutMs}; ${figures.join('; ')}`);
  }
}
