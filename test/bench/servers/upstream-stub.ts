/** The upstream of every server, a separate process: it responds as fast as it can, or after a delay, and counts requests. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFile } from '../load/attachment-file.ts';
import { operations, partId, variedDigits } from '../operations.ts';
import type { StubOrder } from './start-stub.ts';
import { answerTo, answerToFile } from './upstream-answer.ts';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
  /** The offset in the body for the random id of its request; -1 if there is none. */
  readonly randomIdAt: number;
  /** The offset in the body for the last digits of the part's id; -1 if there is no part. */
  readonly partIdAt: number;
  readonly isExpected: boolean;
}

/** JSON allows spaces before a number, so every number has the same length. */
const randomIdLength = 10;

let order: StubOrder = { delayMs: 0, fileBytes: 0, isStrict: false };
let counts = noCounts();
let inFlight = 0;
let parts = 0;

/** Responses by request without its random ids: the load repeats the same request. */
const replies = new Map<string, Reply>();

const server = createServer((request, response) => {
  const { url = '', headers } = request;
  if (url === '/control') return void control(request, response);
  const conversationId = /^\/v2\/conversations\/(\d+)\/reply$/.exec(url)?.[1];
  if (!conversationId || request.method !== 'POST') return void response.writeHead(404).end();
  const contentType = headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) receiveFile(request, response, conversationId);
  else receiveForm(request, response, conversationId);
});
// Longer than any pause, so that no connection is closed while a server waits.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

function receiveForm(request: IncomingMessage, response: ServerResponse, conversationId: string): void {
  const answer = beginAnswer(response);
  let text = '';
  request.setEncoding('latin1');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    const contentType = request.headers['content-type'] ?? '';
    const key = `${conversationId} ${contentType} ${text.replace(/random_id=\d+/g, '')}`;
    let reply = replies.get(key);
    if (!reply) {
      const isForm = contentType.startsWith('application/x-www-form-urlencoded');
      const form = new Map(isForm ? new URLSearchParams(Buffer.from(text, 'latin1').toString()) : []);
      reply = encode(answerTo(conversationId, form));
      if (replies.size < 1000) replies.set(key, reply);
    }
    answer(reply, /(?:^|&)random_id=(\d+)/.exec(text)?.[1]);
  });
}

/** Counts the bytes of a file; in strict mode, also compares them and parses the form. */
function receiveFile(request: IncomingMessage, response: ServerResponse, conversationId: string): void {
  const answer = beginAnswer(response);
  const { fileBytes, isStrict } = order;
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (isStrict) chunks.push(chunk);
  });
  request.on('end', async () => {
    // The fields and the boundaries add a little to the file.
    const isWhole = bytes >= fileBytes && bytes <= fileBytes + 8192;
    const isRight = isWhole && (!isStrict || (await hasFile(request, Buffer.concat(chunks), fileBytes)));
    answer(encode({ ...answerToFile(conversationId), isExpected: isRight }));
  });
}

/** Requests that began before an order count for the previous one, even if they end later. */
function beginAnswer(response: ServerResponse): (reply: Reply, randomId?: string) => void {
  const { delayMs } = order;
  const counted = counts;
  inFlight++;
  response.once('close', () => {
    inFlight--;
  });
  return (reply, randomId = '0') => {
    const send = () => {
      response.writeHead(reply.status, reply.headers);
      response.end(bodyFor(reply, randomId));
    };
    if (reply.isExpected) counted.expected++;
    else counted.unexpected++;
    if (delayMs > 0) setTimeout(send, delayMs);
    else send();
  };
}

function bodyFor({ body, randomIdAt, partIdAt }: Reply, randomId: string): Buffer {
  if (partIdAt === -1) return body;
  const copy = Buffer.from(body);
  if (randomIdAt !== -1) copy.write(randomId.padStart(randomIdLength), randomIdAt, 'latin1');
  parts = (parts + 1) % 10 ** variedDigits;
  copy.write(String(parts).padStart(variedDigits, '0'), partIdAt, 'latin1');
  return copy;
}

async function hasFile(
  request: IncomingMessage,
  body: Buffer<ArrayBuffer>,
  fileBytes: number,
): Promise<boolean> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(body, { headers }).formData();
  const file = form.get('attachment');
  if (!(file instanceof File)) return false;
  const isSame = createFile(fileBytes).equals(Buffer.from(await file.arrayBuffer()));
  return isSame && Object.entries(operations.small.form).every(([name, value]) => form.get(name) === value);
}

function encode({ status, json, isExpected }: { status: number; json: unknown; isExpected: boolean }): Reply {
  const text = JSON.stringify(json).replace(/(?<="random_id":)\d+/, ' '.repeat(randomIdLength));
  const body = Buffer.from(text);
  const room = body.indexOf(`"random_id": `);
  const randomIdAt = room === -1 ? -1 : room + '"random_id":'.length;
  const part = body.indexOf(partId);
  const partIdAt = part === -1 ? -1 : part + partId.length - variedDigits;
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
  return { status, headers, body, randomIdAt, partIdAt, isExpected };
}

/** Reads an order from the body, if there is one, and returns the counts since the last one. */
async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += chunk;
  response.end(JSON.stringify({ ...counts, inFlight }));
  if (text === '') return;
  order = JSON.parse(text);
  counts = noCounts();
}

function noCounts(): { expected: number; unexpected: number } {
  return { expected: 0, unexpected: 0 };
}
