/** The client of Dashly's Web API: a pool of connections, and the one call that is made over them. */

import { Pool } from 'undici';
import type { SendReply } from '../conversation/send-reply.ts';
import { decodeAnswer } from './decode-answer.ts';
import { encodeForm, encodeReply } from './encode-reply.ts';
import { exchange } from './exchange.ts';
import { unavailableAfter } from './unavailable.ts';

export interface DashlyClientOptions {
  /** Base of every call, such as `https://api.dashly.app/v2`; a path in it (the version) is kept. */
  readonly apiUrl: URL;
  /** For a whole call, in milliseconds. */
  readonly timeoutMs: number;
}

export interface DashlyClient {
  readonly sendReply: SendReply;
  /** Takes no further replies, and resolves when those in flight are done. */
  close(): Promise<void>;
}

const maxConnections = 64;

export function createDashlyClient({ apiUrl, timeoutMs }: DashlyClientOptions): DashlyClient {
  const basePath = apiUrl.pathname.replace(/\/+$/, '');
  const pool = new Pool(apiUrl.origin, {
    connections: maxConnections,
    // One request at a time on a connection, so that the fate of the one is the fate of the other.
    pipelining: 1,
    allowH2: false,
    // One time limit for the whole call is kept in `exchange`.
    connectTimeout: timeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return {
    async sendReply({ draft, authorization, optionalFields }) {
      const request = {
        method: 'POST',
        path: `${basePath}/conversations/${draft.conversationId}/reply`,
        headers: {
          authorization,
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          'user-agent': 'dashly-graphql-gateway',
        },
        body: encodeForm(encodeReply(draft, optionalFields)),
      } as const;
      const result = await exchange(pool, request, timeoutMs);
      return result.kind === 'answered'
        ? decodeAnswer(result.answer, draft)
        : unavailableAfter(result.interruption);
    },
    close: () => pool.close(),
  };
}
