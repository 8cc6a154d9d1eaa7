/** The client of Dashly's Web API: its connections, and the one call that is made over them. */

import type { OutgoingFile } from '../conversation/attachment.ts';
import { replyAnswerMaxBytes } from '../conversation/reply-limits.ts';
import { overloaded } from '../conversation/reply-outcome.ts';
import { CallerGone } from '../conversation/request-aborted.ts';
import type { SendReply } from '../conversation/send-reply.ts';
import { BackOff } from './back-off.ts';
import type { Outlet } from './connection.ts';
import { Slots } from './connection-pool.ts';
import { Connections } from './connections.ts';
import { decodeAnswer } from './decode-response.ts';
import { encodeMultipart } from './encode-multipart.ts';
import { encodeForm, encodeReply, type FormFields } from './encode-reply.ts';
import { type ExchangeRequest, exchange } from './exchange.ts';
import { unavailableAfter } from './failures.ts';
import { parseRetryAfter } from './retry-after.ts';
import { tooManyRequests } from './too-many-requests.ts';

export interface DashlyClientOptions {
  /** Base of every call, such as `https://api.dashly.app/v2`; a path in it (the version) is kept. */
  readonly apiUrl: URL;
  /** For a whole call, in milliseconds. */
  readonly timeoutMs: number;
  /** What to name as the limit where a proxy refuses a file without saying what its own limit is; in bytes. */
  readonly attachmentMaxBytes: number;
  /** How many replies may be on their way at once, each on a connection of its own. */
  readonly maxConnections: number;
  /** How many more may wait for one of these. */
  readonly maxQueue: number;
}

export interface DashlyClient {
  readonly sendReply: SendReply;
  /** How many replies are on their way, and how many wait for a connection. */
  readonly load: () => { readonly inUse: number; readonly waiting: number };
  /** Takes no further replies, and resolves when those in flight are done. */
  close(): Promise<void>;
}

/** What surely fits into the buffers of a connection, so that it is gone when the answer comes. */
const largeBytes = 64 * 1024;

export function createDashlyClient(options: DashlyClientOptions): DashlyClient {
  const { apiUrl, timeoutMs, attachmentMaxBytes, maxConnections, maxQueue } = options;
  const basePath = apiUrl.pathname.replace(/\/+$/, '');
  const connections = new Connections({ origin: apiUrl.origin, timeoutMs });
  const slots = new Slots(maxConnections, maxQueue, connections);
  const backOff = new BackOff();

  return {
    async sendReply({ draft, attachment, authorization, optionalFields, presence, deadline, onWrite }) {
      const wait = backOff.secondsToWait(authorization);
      if (wait > 0) return { outcome: tooManyRequests(wait), upstreamCall: null };
      if (slots.isFull) return { outcome: overloaded(), upstreamCall: null };
      if (presence.isGone) throw new CallerGone();
      const fields = encodeReply(draft, optionalFields);
      const createRequest = (outlet: Outlet): ExchangeRequest => {
        const { headers, body, isLarge, maxAnswerBytes } = encode(fields, attachment, outlet);
        const options = {
          method: 'POST',
          path: `${basePath}/conversations/${draft.conversationId}/reply`,
          headers: {
            authorization,
            accept: 'application/json',
            'accept-encoding': 'identity',
            'user-agent': 'dashly-graphql-gateway',
            ...headers,
          },
          // It takes what can be iterated, of which its types do not know.
          body: body as Uint8Array,
        } as const;
        return { options, isLarge, maxAnswerBytes };
      };
      const limits = { timeoutMs, deadline, presence, onWrite };
      const { end, call: upstreamCall } = await exchange({ slots, createRequest, ...limits });
      switch (end.kind) {
        case 'calledOff':
          throw new CallerGone();
        case 'interrupted':
          return { outcome: unavailableAfter(end.interruption), upstreamCall };
        case 'answered': {
          const sent = { draft, authorization, attachmentMaxBytes: attachment && attachmentMaxBytes };
          const outcome = decodeAnswer(end.answer, sent);
          if (end.answer.status === 429 || outcome.kind === 'tooManyRequests') {
            backOff.remember(authorization, parseRetryAfter(end.answer.retryAfter, Date.now()));
          }
          return { outcome, upstreamCall };
        }
      }
    },
    load: () => ({ inUse: slots.inUse, waiting: slots.waiting }),
    close: () => connections.close(),
  };
}

const encoder = new TextEncoder();

interface EncodedReply {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  readonly isLarge: boolean;
  readonly maxAnswerBytes: number;
}

function encode(fields: FormFields, attachment: OutgoingFile | null, outlet: Outlet): EncodedReply {
  if (!attachment) {
    // In memory of its own: what undici keeps of requests that are done would keep 8 KiB with it, which Node shares out to small
    // buffers.
    const body = encoder.encode(encodeForm(fields));
    return {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
      isLarge: body.length > largeBytes,
      maxAnswerBytes: replyAnswerMaxBytes(body.length),
    };
  }
  const { contentType, contentLength, body } = encodeMultipart(fields, attachment, outlet);
  return {
    headers: { 'content-type': contentType, 'content-length': String(contentLength) },
    body,
    isLarge: contentLength > largeBytes,
    // The file is not echoed.
    maxAnswerBytes: replyAnswerMaxBytes(fields.reduce((sum, field) => sum + byteLengthOf(field), 0)),
  };
}

function byteLengthOf([name, value]: FormFields[number]): number {
  return Buffer.byteLength(name) + Buffer.byteLength(value);
}
