/** Calls the REST API of Dashly: each request at most once, on its own connection, within a time limit. */

import { buildConnector } from 'undici';
import type { OutgoingFile } from '../conversation/attachment.ts';
import { overloaded } from '../conversation/reply-failures.ts';
import { RequestAborted } from '../conversation/request-aborted.ts';
import type { AnswerMatch, UpstreamCall } from '../conversation/send-reply.ts';
import { BackOff } from './back-off.ts';
import { type Connection, HttpConnection } from './connection.ts';
import { ConnectionPool } from './connection-pool.ts';
import { type DecodedResponse, decodeResponse } from './decode-response.ts';
import { encodeBody } from './encode-body.ts';
import type { FormFields } from './encode-urlencoded.ts';
import { type ExchangeOptions, type ExchangeRequest, exchange, type Reading } from './exchange.ts';
import { tooManyRequests, unavailableAfter } from './failures.ts';
import type { DashlyResponse } from './response.ts';

export interface RestClientOptions {
  /** The base of every path, such as `https://api.dashly.app/v2`. */
  readonly apiUrl: URL;
  /** For a whole call, in milliseconds. */
  readonly timeoutMs: number;
  /** What to report as the limit if a proxy rejects a file without naming its own; in bytes. */
  readonly attachmentMaxBytes: number;
  readonly maxConnections: number;
  /** How many calls may wait for a connection. */
  readonly maxQueue: number;
}

/** How a caller authenticates to Dashly. */
export interface Credential {
  /** The value of the header `Authorization`, a secret. */
  readonly authorization: string;
  /** The token in it. */
  readonly token: string;
}

export interface PostRequest extends Pick<ExchangeOptions<unknown>, 'signal' | 'deadline' | 'onWrite'> {
  /** Below `apiUrl`. */
  readonly path: string;
  readonly form: FormFields;
  readonly file: OutgoingFile | null;
  readonly credential: Credential;
  /** Judges the data of a success. */
  readonly match: (data: unknown, connection: Connection) => AnswerMatch;
}

export interface PostResult {
  readonly result: DecodedResponse;
  /** Null if Dashly was not called. */
  readonly upstreamCall: UpstreamCall | null;
}

export interface RestClient {
  /** Rejects with `RequestAborted` if the signal aborts before anything was written. */
  post(request: PostRequest): Promise<PostResult>;
  /** How many calls have a connection, and how many wait for one. */
  load(): { readonly inUse: number; readonly waiting: number };
  /** Accepts no further calls, and resolves when the current ones are done. */
  close(): Promise<void>;
}

export function createRestClient(options: RestClientOptions): RestClient {
  const { apiUrl, timeoutMs, maxConnections, maxQueue } = options;
  const basePath = apiUrl.pathname.replace(/\/+$/, '');
  // One for all connections: it keeps TLS sessions, which makes the next handshake faster.
  const connect = buildConnector({ allowH2: false, timeout: timeoutMs });
  const open = (): Connection => new HttpConnection(apiUrl.origin, connect);
  const pool = new ConnectionPool({ maxConnections, maxQueue, open });
  const backOff = new BackOff();

  return {
    async post({ path, form, file, credential, signal, deadline, onWrite, match }) {
      const { authorization, token } = credential;
      const secondsToWait = backOff.secondsToWait(token);
      if (secondsToWait > 0)
        return { result: { failure: tooManyRequests(secondsToWait) }, upstreamCall: null };
      if (pool.isFull) return { result: { failure: overloaded }, upstreamCall: null };
      if (signal.aborted) throw new RequestAborted();
      const createRequest = (connection: Connection): ExchangeRequest => {
        const { headers, body, isLarge, maxResponseBytes } = encodeBody(form, file, connection);
        const options = {
          method: 'POST',
          path: basePath + path,
          headers: {
            authorization,
            accept: 'application/json',
            'accept-encoding': 'identity',
            'user-agent': 'dashly-graphql-gateway',
            ...headers,
          },
          // undici accepts any iterable, which its types do not say.
          body: body as Uint8Array,
        } as const;
        return { options, isLarge, maxResponseBytes };
      };
      const attachmentMaxBytes = file && options.attachmentMaxBytes;
      const read = (response: DashlyResponse, connection: Connection): Reading<DecodedResponse> => {
        const value = decodeResponse(response, { form, attachmentMaxBytes, token });
        if (response.status === 429 || value.failure?.kind === 'tooManyRequests') {
          backOff.remember(token, response.retryAfterSeconds);
        }
        return { value, match: value.failure ? null : match(value.data, connection) };
      };
      const limits = { timeoutMs, deadline, signal, onWrite };
      const { end, call: upstreamCall } = await exchange({ pool, createRequest, read, ...limits });
      switch (end.kind) {
        case 'aborted':
          throw new RequestAborted();
        case 'interrupted':
          return { result: { failure: unavailableAfter(end.interruption) }, upstreamCall };
        case 'received':
          return { result: end.value, upstreamCall };
      }
    },
    load: () => ({ inUse: pool.inUse, waiting: pool.waiting }),
    close: () => pool.close(),
  };
}
