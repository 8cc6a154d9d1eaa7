/** The calls of a check, made by the gateway's own client, with the responses as they are. */

import { allRights } from '../conversation/callers/caller-rights.ts';
import { everyOptionalField } from '../conversation/part.ts';
import { maxPartsPerPage } from '../conversation/reading/read-parts.ts';
import type { ReplyDraft } from '../conversation/reply.ts';
import { type Delivery, deliveryOf } from '../conversation/reply-outcome.ts';
import type { DashlyCaller } from '../dashly/caller.ts';
import type { DashlyResponse } from '../dashly/connections/response.ts';
import { createDashlyClient } from '../dashly/dashly-client.ts';
import { collectUndocumented } from '../dashly/inspection/collect-undocumented.ts';
import type { SentNote } from '../dashly/inspection/inspect-note.ts';

export interface CallOptions {
  readonly apiUrl: URL;
  /** Null for a direct connection. */
  readonly proxy: URL | null;
  readonly token: string;
}

export interface Calls {
  /** Sends the note, once. */
  send(note: SentNote): Promise<{ readonly response: DashlyResponse | null; readonly delivery: Delivery }>;
  /** Reads the newest parts. The response is null if none was received completely. */
  read(conversationId: string, token: string): Promise<DashlyResponse | null>;
  close(): Promise<void>;
}

/** For each call, in milliseconds. */
const timeoutMs = 10_000;

/** The calls must be made one after the other. */
export function createCalls({ apiUrl, proxy, token }: CallOptions): Calls {
  let response: DashlyResponse | null = null;
  const client = createDashlyClient({
    apiUrl,
    proxy,
    timeoutMs,
    attachmentMaxBytes: 0,
    adviseOnToken: () => '',
    maxConnections: 1,
    maxQueue: 1,
    onStrayAnswer() {},
    observeUndocumented: collectUndocumented().source.observeUndocumented,
    onResponse(received) {
      response = received;
    },
  });
  const common = { optionalFields: everyOptionalField, signal: new AbortController().signal };

  return {
    async send(note) {
      response = null;
      const { outcome } = await client.sendReply({
        ...common,
        caller: callerWith(token),
        draft: draftOf(note),
        randomIds: { reply: note.randomId, assignment: null },
        attachment: null,
        deadline: null,
        onWrite() {},
      });
      return { response, delivery: deliveryOf(outcome) };
    },
    async read(conversationId, token) {
      response = null;
      const caller = callerWith(token);
      const page = { position: null, direction: 'before', count: maxPartsPerPage } as const;
      await client.readParts({ ...common, ...page, caller, conversationId, timeoutMs });
      return response;
    },
    close: client.close,
  };
}

function callerWith(token: string): DashlyCaller {
  const credential = { authorization: `Token ${token}`, token };
  return { kind: 'dashly-token', id: '', rights: allRights, credential };
}

function draftOf({ conversationId, randomId, body }: SentNote): ReplyDraft {
  return {
    conversationId,
    from: { kind: 'defaultAdmin' },
    type: 'NOTE',
    body,
    bodyJson: null,
    attachment: null,
    actions: null,
    autoAssign: null,
    externalId: null,
    randomId,
    referrer: null,
  };
}
