/**
 * Hostile traffic, `npm run soak:hostile`: for two minutes (`SOAK_SECONDS`) clients send the most expensive requests, while one client
 * sends ordinary replies. Prints resident memory, descriptors and temporary files before (after a warm-up) and after. Exits with 1 if they
 * grew, if the gateway crashed, or if an ordinary reply failed.
 */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getIntrospectionQuery } from 'graphql';
import { freePort } from '../support/free-port.ts';
import { GatewayProcess } from './gateway-process.ts';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 120);

/**
 * The same traffic before the measurement: the heap of the C library stays as large as the highest load made it. On a slow machine a minute
 * was not enough: it reached 318 MB, and 389 MB two minutes later.
 */
const warmUpSeconds = seconds;

/** Tolerated growth after the warm-up, in megabytes: fragmentation varies. */
const allowedGrowth = 50;
/** Kept-alive connections to Dashly. */
const allowedDescriptors = 64;

const temporary = mkdtempSync(join(tmpdir(), 'dashly-hostile-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));

/** The responses to replies to this conversation are lost, and it has no parts that can be read. */
const lossyConversation = 2;

/** A stand-in for Dashly that echoes the body of each reply after a delay, and returns the newest parts. */
async function startEcho(): Promise<string> {
  const parts: object[] = [];
  let created = 0;
  const server = createServer(async (request, response) => {
    const isLossy = request.url?.startsWith(`/conversations/${lossyConversation}/`);
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      response.end(JSON.stringify({ meta: { status: 200 }, data: isLossy ? [] : parts.toReversed() }));
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The gateway has aborted the request.
    }
    const fields = new URLSearchParams(Buffer.concat(chunks).toString());
    const body = fields.get('body') ?? '';
    const id = String(++created);
    const part = { id, conversation: '1', created: 1_700_000_000, body, type: 'reply_admin' };
    await delay(20);
    if (isLossy) {
      response.writeHead(503).end();
      return;
    }
    parts.push({ ...part, body: '', created: Date.now() / 1000, random_id: Number(fields.get('random_id')) });
    if (parts.length > 50) parts.shift();
    response.end(JSON.stringify({ meta: { status: 200 }, data: part }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const port = await freePort();
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const environment = {
  DASHLY_API_URL: await startEcho(),
  LOG_LEVEL: 'silent',
  TMPDIR: temporary,
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '524288',
};
const gateway = new GatewayProcess(port, environment, scripts.start.match(/--[\w-]+(?:=\d+)?/g));
await gateway.start();

let endsAt = 0;
const isRunning = (): boolean => performance.now() < endsAt && gateway.isRunning;

const sockets = new Set<Socket>();
/** Started requests of hostile clients. */
let hostileRequests = 0;

/** A connection that sends these bytes, reads only on demand, and is destroyed after this time. */
async function attack(bytes: string | Buffer, { milliseconds = 1_000, reads = true } = {}): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  hostileRequests++;
  socket.on('error', () => {});
  if (reads) socket.resume();
  else socket.pause();
  socket.write(bytes);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await Promise.race([closed, delay(milliseconds)]);
  socket.destroy();
  sockets.delete(socket);
}

function post(body: string | object, headers: Record<string, string> = {}, length?: number): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = {
    host: 'x',
    'content-type': 'application/json',
    'content-length': String(length ?? Buffer.byteLength(text)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n${text}`;
}

const pick = (count: number): number => Math.floor(Math.random() * count);
/** Tokens of a few callers, and of many. */
const token = (): Record<string, string> => ({
  authorization: `Token ${Math.random() < 0.5 ? 'hostile' : randomUUID()}`,
});
const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
const mutation = (selection: string, key = '', conversationId = 1) =>
  `mutation ($body: String) { replyToConversation(input: { conversationId: ${conversationId}, body: $body ${key} }) {
    __typename ... on ReplyToConversationPayload { part { ${selection} } } } }`;

/** One document with 90 operations and four conditions. */
const conditional = `${Array.from(
  { length: 90 },
  (_, index) => `mutation M${index}($a:Boolean!$b:Boolean!$c:Boolean!$d:Boolean!){...R}`,
).join('')}fragment R on Mutation{replyToConversation(input:{conversationId:1}){...F}}
fragment F on ReplyError{${aliases(40, 'message')} message@skip(if:$a)delivery@skip(if:$b)__typename@skip(if:$c)__typename@skip(if:$d)}`;

const multipart = (
  file: string,
) => `--B\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({
  query: `mutation ($file: Upload!) { replyToConversation(input: { conversationId: 1, attachment: { file: $file } }) { __typename } }`,
  variables: { file: null },
})}\r\n--B\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0":["variables.file"]}\r\n--B\r
Content-Disposition: form-data; name="0"; filename="a"\r\n\r\n${file}`;
const multipartHeaders = {
  'content-type': 'multipart/form-data; boundary=B',
  'apollo-require-preflight': '1',
};

const large = 'x'.repeat(900_000);
const attacks: Record<string, () => Promise<void>> = {
  'one document with many operations and conditions': () => {
    const bits = pick(16);
    const variables = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name, bit) => [name, Boolean((bits >> bit) & 1)]),
    );
    return attack(
      post({ query: conditional, operationName: `M${pick(90)}`, variables }, { connection: 'close' }),
    );
  },
  'documents that are never repeated': () =>
    attack(
      post(
        {
          query: `{ ${Array.from({ length: 990 }, (_, index) => `__typename # ${randomUUID()}${index}`).join('\n')} }`,
        },
        { connection: 'close' },
      ),
    ),
  'the schema under many names, not read': () =>
    attack(post({ query: `{ ${aliases(49, '__schema { types { name fields { name description } } }')} }` }), {
      reads: false,
      milliseconds: 3_000,
    }),
  'the schema, not read': () =>
    attack(post({ query: `${getIntrospectionQuery()} # ${randomUUID()}` }), {
      reads: false,
      milliseconds: 3_000,
    }),
  'large replies under several names, not read': () =>
    attack(post({ query: mutation(aliases(1 + pick(49), 'body')), variables: { body: large } }, token()), {
      reads: false,
      milliseconds: 20_000,
    }),
  'replays, not read': () =>
    attack(
      post(
        { query: mutation('a: body b: body', 'idempotencyKey: "k"'), variables: { body: large } },
        { authorization: 'Token hostile' },
      ),
      { reads: false, milliseconds: 20_000 },
    ),
  'concurrent calls with one key': () =>
    attack(
      post(
        { query: mutation('id', `idempotencyKey: "${pick(3)}"`), variables: { body: large } },
        { authorization: 'Token hostile', connection: 'close' },
      ),
    ),
  'replies whose clients disconnect': () =>
    attack(post({ query: mutation('body'), variables: { body: large } }, token()), { milliseconds: 5 }),
  'lost replies with keys, whose clients disconnect': () =>
    attack(
      post(
        {
          query: mutation('id', `idempotencyKey: "${randomUUID()}"`, lossyConversation),
          variables: { body: large },
        },
        token(),
      ),
      { milliseconds: 100 },
    ),
  'lost replies': () =>
    attack(post({ query: mutation('id', '', lossyConversation), variables: { body: large } }, token()), {
      milliseconds: 2_000,
    }),
  'JSON that stops before its last byte': () =>
    attack(
      post(
        JSON.stringify({ query: mutation('id'), variables: { body: large } }).slice(0, -1),
        token(),
        1_000_000,
      ),
      {
        milliseconds: 20_000,
      },
    ),
  'uploads without credentials that stop': () =>
    attack(post(multipart('x'.repeat(10_000)), multipartHeaders, 1_000_000), { milliseconds: 20_000 }),
  'uploads that stop': () =>
    attack(post(multipart('x'.repeat(200_000)), { ...multipartHeaders, ...token() }, 5_000_000), {
      milliseconds: 20_000,
    }),
  'uploads that are cut off': () =>
    attack(post(multipart('x'.repeat(300_000)), { ...multipartHeaders, ...token() }, 5_000_000), {
      milliseconds: 50,
    }),
  'pipelined requests': () =>
    attack(post({ query: mutation('id'), variables: { body: 'x' } }, token()).repeat(1 + pick(200)), {
      milliseconds: 2_000,
    }),
  'endless headers': () =>
    attack(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(8_000)}`, { milliseconds: 20_000 }),
  'silent connections': () => attack('', { milliseconds: 20_000 }),
  'requests that are not HTTP': () => attack(Buffer.from(randomUUID().repeat(1_000))),
};

async function repeat(what: () => Promise<void>): Promise<void> {
  while (isRunning()) {
    await what();
    await delay(pick(50));
  }
}

const ordinary = { sent: 0, failed: 0, slowest: 0 };
async function replyOrdinarily(): Promise<void> {
  const startedAt = performance.now();
  const body = JSON.stringify({ query: mutation('id body'), variables: { body: 'Hello' } });
  const headers = {
    'content-type': 'application/json',
    authorization: 'Token customer',
    connection: 'close',
  };
  const text = await fetch(gateway.url, { method: 'POST', headers, body }).then(
    (response) => response.text(),
    (error: Error) => String(error.cause ?? error),
  );
  ordinary.slowest = Math.max(ordinary.slowest, Math.round(performance.now() - startedAt));
  if (text.includes('"body":"Hello"')) ordinary.sent++;
  else {
    ordinary.failed++;
    console.error(`An ordinary reply failed: ${text.slice(0, 200)}`);
  }
}

let highest = 0;
async function measure(): Promise<void> {
  while (isRunning()) {
    highest = Math.max(highest, gateway.memory());
    await delay(250);
  }
}

/** Sends hostile traffic, waits until all of its requests have reached their time limits, and measures what remains. */
async function figuresAfter(attackSeconds: number) {
  endsAt = performance.now() + attackSeconds * 1000;
  const attackers = Object.values(attacks).flatMap((what) => [what, what]);
  await Promise.all([...attackers.map(repeat), repeat(replyOrdinarily), measure()]);
  for (const socket of sockets) socket.destroy();
  if (!gateway.isRunning) {
    console.error('The gateway crashed.');
    process.exit(1);
  }
  await delay(25_000);
  for (let count = 0; count < 500; count++) await replyOrdinarily();
  return {
    memory: gateway.memory(),
    descriptors: gateway.descriptors(),
    files: readdirSync(temporary).length,
  };
}

const before = await figuresAfter(warmUpSeconds);
const after = await figuresAfter(seconds);

const faults = {
  'memory has grown': after.memory > before.memory + allowedGrowth,
  'descriptors are left open': after.descriptors > before.descriptors + allowedDescriptors,
  'temporary files are left': after.files > 0,
  'ordinary replies failed': ordinary.failed > 0,
};
const rows: [name: string, figure: string | number][] = [
  ['seconds', seconds],
  ['hostile requests', hostileRequests],
  ['ordinary replies, sent', ordinary.sent],
  ['ordinary replies, failed', ordinary.failed],
  ['ordinary replies, the slowest, ms', ordinary.slowest],
  ['resident memory before, at most, after, MB', `${before.memory}, ${highest}, ${after.memory}`],
  ['descriptors before, after', `${before.descriptors}, ${after.descriptors}`],
  ['temporary files before, after', `${before.files}, ${after.files}`],
];
for (const [name, figure] of rows) console.log(`${name.padEnd(48)} ${figure}`);
const found = Object.entries(faults).flatMap(([fault, isFound]) => (isFound ? [fault] : []));
for (const fault of found) console.error(`Fault: ${fault}.`);
await gateway.stop('SIGTERM');
process.exit(found.length === 0 ? 0 : 1);
