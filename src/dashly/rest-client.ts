/** Calls the REST API of Dashly: each request at most once, on its own connection, within a time limit. */

import { buildConnector } from 'undici';
import type { OutgoingFile } from '../conversation/attachment.ts';
import { maxConcurrentReads } from '../conversation/reading/read-parts.ts';
import { readResponseMaxBytes } from '../conversation/reply-limits.ts';
import { RequestAborted } from '../conversation/request-aborted.ts';
import type { AnswerMatch, UpstreamCall } from '../conversation/sending/send-reply.ts';
import { BackOff } from './connections/back-off.ts';
import { type Connection, HttpConnection } from './connections/connection.ts';
import { ConnectionPool } from './connections/connection-pool.ts';
import { type ExchangeEnd, type ExchangeOptions, exchange, type Reading } from './connections/exchange.ts';
import type { DashlyResponse } from './connections/response.ts';
import { createTunnelConnector } from './connections/tunnel.ts';
import { type DecodedResponse, decodeResponse, type SentRequest } from './decode-response.ts';
import { encodeBody } from './encode-body.ts';
import type { FormFields } from './encode-urlencoded.ts';
import type { AnswerSource } from './read-value.ts';
import { type RestFailure, unavailableAfter } from './rest-failure.ts';

export interface RestClientOptions {
  /** The base of every path, such as `https://api.dashly.app/v2`. */
  readonly apiUrl: URL;
  /** Null for a direct connection. */
  readonly proxy: URL | null;
  /** For a whole call, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxConnections: number;
  /** How many calls may wait for a connection. */
  readonly maxQueue: number;
  /** Called with each complete response, before it is decoded. */
  readonly onResponse?: (response: DashlyResponse) => void;
}

/** How a caller authenticates to Dashly. */
export interface Credential {
  /** The value of the header `Authorization`, a secret. */
  readonly authorization: string;
  /** The token in it. */
  readonly token: string;
}

export interface PostRequest<Outcome>
  extends Pick<ExchangeOptions<unknown>, 'signal' | 'deadline' | 'onWrite'> {
  /** Below `apiUrl`. */
  readonly path: string;
  readonly form: FormFields;
  readonly file: OutgoingFile | null;
  readonly credential: Credential;
  /** For reports of undocumented values in the response. */
  readonly source: AnswerSource;
  /** Reads the data of a success. */
  readonly readData: (data: unknown, connection: Connection) => Reading<Outcome>;
  readonly convertFailure: (failure: RestFailure) => Outcome;
}

export interface PostResult<Outcome> {
  readonly outcome: Outcome;
  /** Null if Dashly was not called. */
  readonly upstreamCall: UpstreamCall | null;
}

export interface GetRequest {
  /** Below `apiUrl`, with the query. */
  readonly path: string;
  /** Each has connections of its own, so that reads of clients never delay look-ups. */
  readonly purpose: 'read' | 'lookUp';
  readonly credential: Credential;
  /** Ends the call at any time. */
  readonly signal: AbortSignal;
  /** For the whole call. */
  readonly timeoutMs: number;
  readonly source: AnswerSource;
  /** Checks the data of a success. */
  readonly judge: (data: unknown) => AnswerMatch;
}

export interface GetResult {
  readonly result: DecodedResponse;
  readonly match: AnswerMatch | null;
  /** The header `Date` of the response; null if there is none. */
  readonly date: string | null;
}

export interface RestClient {
  /** Rejects with `RequestAborted` if the signal aborts before anything was written. */
  post<Outcome>(request: PostRequest<Outcome>): Promise<PostResult<Outcome>>;
  /** Uses connections of its own, which no `post` waits for. Rejects with `RequestAborted` if the signal aborts. */
  get(request: GetRequest): Promise<GetResult>;
  /** How many calls of `post` have a connection, and how many wait for one. */
  load(): { readonly inUse: number; readonly waiting: number };
  /** Accepts no further calls, and resolves when the current ones are done. */
  close(): Promise<void>;
  /** Breaks all connections, so that all calls end. */
  abort(): void;
}

const readLimits = {
  maxConnections: maxConcurrentReads,
  maxQueue: 64,
  maxResponseBytes: readResponseMaxBytes,
};

/** For a token that Dashly rejected before for too many requests. */
const tooManyRequests = { kind: 'exception', name: 'TooManyRequests', errorFields: null } as const;

/** The same for all calls. */
const commonHeaders = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': 'dashly-graphql-gateway',
};

export function createRestClient(options: RestClientOptions): RestClient {
  const { apiUrl, proxy, timeoutMs, maxConnections, maxQueue } = options;
  const basePath = apiUrl.pathname.replace(/\/+$/, '');
  // One for all connections: it keeps TLS sessions, which makes the next handshake faster.
  const direct = buildConnector({ allowH2: false, timeout: timeoutMs });
  const connect = proxy ? createTunnelConnector(proxy, direct, timeoutMs) : direct;
  const open = (): Connection => new HttpConnection(apiUrl.origin, connect);
  const posts = new ConnectionPool({ maxConnections, maxQueue, open });
  const gets = {
    read: new ConnectionPool({ ...readLimits, open }),
    lookUp: new ConnectionPool({ ...readLimits, open }),
  };
  const backOff = new BackOff();

  /** Null if the call may be made now. */
  function refuse(pool: ConnectionPool, { token }: Credential): RestFailure | null {
    const retryAfterSeconds = backOff.secondsToWait(token);
    if (retryAfterSeconds > 0) return { ...tooManyRequests, retryAfterSeconds };
    return pool.isFull ? { kind: 'overloaded' } : null;
  }

  function decode(response: DashlyResponse, sent: SentRequest): DecodedResponse {
    options.onResponse?.(response);
    const result = decodeResponse(response, sent);
    const { failure } = result;
    const isTooMany = failure?.kind === 'exception' && failure.name === tooManyRequests.name;
    if (response.status === 429 || isTooMany) {
      backOff.remember(sent.token, response.retryAfterSeconds);
    }
    return result;
  }

  return {
    post<Outcome>(request: PostRequest<Outcome>): Promise<PostResult<Outcome>> {
      const { path, form, file, credential, source, signal, deadline, onWrite } = request;
      const { readData, convertFailure } = request;
      const { authorization, token } = credential;
      if (signal.aborted) return Promise.reject(new RequestAborted());
      const refusal = refuse(posts, credential);
      if (refusal) return Promise.resolve({ outcome: convertFailure(refusal), upstreamCall: null });
      return exchange<Outcome>({
        pool: posts,
        createRequest(connection) {
          const encoded = encodeBody(form, file, connection);
          const { contentType, contentLength, body, isLarge, maxResponseBytes } = encoded;
          const headers = {
            ...commonHeaders,
            authorization,
            'content-type': contentType,
            'content-length': String(contentLength),
          };
          // undici accepts any iterable, but its types do not.
          const options = {
            method: 'POST',
            path: basePath + path,
            headers,
            body: body as Uint8Array,
          } as const;
          return { options, isLarge, maxResponseBytes };
        },
        read(response, connection) {
          const { data, failure } = decode(response, { token, source });
          return failure ? { value: convertFailure(failure), match: null } : readData(data, connection);
        },
        timeoutMs,
        deadline,
        signal,
        onWrite,
        canAbort: false,
      }).then(({ end, call }) => ({ outcome: resultOf(end, convertFailure), upstreamCall: call }));
    },
    async get({ path, purpose, credential, source, signal, timeoutMs, judge }) {
      const { authorization, token } = credential;
      if (signal.aborted) throw new RequestAborted();
      const refusal = refuse(gets[purpose], credential);
      if (refusal) return failed(refusal);
      const headers = { ...commonHeaders, authorization };
      const request = { method: 'GET', path: basePath + path, headers } as const;
      const { maxResponseBytes } = readLimits;
      const { end } = await exchange<GetResult>({
        pool: gets[purpose],
        createRequest: () => ({ options: request, isLarge: false, maxResponseBytes }),
        read(response) {
          const result = decode(response, { token, source });
          const match = result.failure ? null : judge(result.data);
          return { value: { result, match, date: response.date }, match };
        },
        // V8 gives objects with a fraction another layout, also those of `post`, which compiled code then converts: 4 % of a small reply.
        timeoutMs: Math.max(0, Math.ceil(timeoutMs)),
        deadline: null,
        signal,
        onWrite() {},
        canAbort: true,
      });
      return resultOf(end, failed);
    },
    load: () => ({ inUse: posts.inUse, waiting: posts.waiting }),
    abort() {
      for (const pool of [posts, gets.read, gets.lookUp]) pool.destroy();
    },
    async close() {
      await Promise.all([posts.close(), gets.read.close(), gets.lookUp.close()]);
    },
  };
}

function failed(failure: RestFailure): GetResult {
  return { result: { failure }, match: null, date: null };
}

/** @throws RequestAborted */
function resultOf<Value>(end: ExchangeEnd<Value>, convertFailure: (failure: RestFailure) => Value): Value {
  switch (end.kind) {
    case 'aborted':
      throw new RequestAborted();
    case 'interrupted':
      return convertFailure(unavailableAfter(end.interruption));
    case 'received':
      return end.value;
  }
}
