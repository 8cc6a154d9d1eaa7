/** A scripted stand-in for Dashly, for responses that the sandbox does not send. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The example response of the endpoint's documentation. */
export const documentedAnswer: {
  readonly data: Record<string, unknown>;
  readonly meta: Record<string, unknown>;
} = JSON.parse(
  readFileSync(new URL('../../dashly/fixtures/documented-answer.json', import.meta.url), 'utf8'),
);

const documentedId = String(documentedAnswer.data['id']);
let newParts = 0;

/** The same text with the id of a new part, which has the same length: two replies with one part are rejected. */
export function withNewPart(text: string): string {
  return text.replaceAll(documentedId, String(BigInt(documentedId) + BigInt(++newParts)));
}

/** Undoes `withNewPart`. */
export function withDocumentedPart(text: string): string {
  return text.replaceAll(new RegExp(`${documentedId.slice(0, -5)}\\d{5}`, 'g'), documentedId);
}

/** The documented response with a new part. */
export function newAnswer(): string {
  return withNewPart(JSON.stringify(documentedAnswer));
}

/** The conversation of the documented response, for upstreams that answer every request with the same bytes. */
export const documentedConversation = String(documentedAnswer.data['conversation']);

export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The form fields in order. */
  readonly fields: readonly (readonly [string, string])[];
  /** The number of the connection, from 1. */
  readonly connection: number;
}

export interface Upstream {
  /** For `DASHLY_API_URL`. */
  readonly url: string;
  /** Requests that were received completely. */
  readonly requests: readonly UpstreamRequest[];
}

export type Respond = (response: ServerResponse, request: UpstreamRequest) => void;

/** An HTTP server that answers every request with `respond`; by default as Dashly does. */
export async function startUpstream(respond: Respond = answerReply()): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  const connections: Socket[] = [];
  const server = createHttpServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const request = {
      method: req.method ?? '',
      path: req.url ?? '',
      headers: req.headers,
      body,
      fields: [...new URLSearchParams(body)],
      connection: connections.indexOf(req.socket) + 1,
    };
    requests.push(request);
    respond(res, request);
  });
  server.on('connection', (socket) => connections.push(socket));
  const url = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, requests };
}

/** The documented response for a request: with its conversation and its random id. */
export function answerTo(
  { path, body }: Pick<UpstreamRequest, 'path' | 'body'>,
  changes: Readonly<Record<string, unknown>> = {},
): typeof documentedAnswer {
  const conversation = /\/conversations\/(\d+)\/reply$/.exec(path)?.[1];
  const data = { ...documentedAnswer.data, conversation, random_id: randomIdIn(body), ...changes };
  return { ...documentedAnswer, data };
}

/** The random id in the body of a request; 0 if there is none. */
export function randomIdIn(body: string): number {
  return Number(/(?:^|&|")random_id(?:=|"\r\n\r\n)(-?\d+)/.exec(body)?.[1] ?? 0);
}

/** Answers as Dashly does, with these fields of the part. */
export function answerReply(changes: Readonly<Record<string, unknown>> = {}): Respond {
  return (response, request) => answerJson(answerTo(request, changes))(response, request);
}

/** Answers with JSON: a value, or a text that is sent unchanged. */
export function answerJson(json: unknown, status = 200, headers: Record<string, string> = {}): Respond {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(typeof json === 'string' ? json : JSON.stringify(json));
  };
}

/** A TCP server that calls `onConnection` for each connection. Resolves to its URL. */
export async function startTcpUpstream(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listen(server);
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
