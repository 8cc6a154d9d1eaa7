/** A stand-in for Dashly that answers a check as documented, but for what a test changes. */

import { answerJson, startUpstream, type UpstreamRequest } from '../support/upstream/start-upstream.ts';

export type Fields = Record<string, unknown>;

export interface Envelope {
  readonly data: unknown;
  readonly meta: Fields;
}

/** The calls of a check: the note, its page, and the two that are refused. */
export type Call = 'answer' | 'page' | 'wrongId' | 'wrongToken';

/** What is sent instead of an answer; null closes the connection. */
export type Change = (
  status: number,
  envelope: Envelope,
) => { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> } | null;

export interface StandIn {
  readonly url: URL;
  /** The calls that arrived. */
  readonly calls: readonly Call[];
}

export const standInToken = 'token-of-the-owner';
export const conversationId = '1447294760057308402';

const admin = { id: '30542', name: 'Test', avatar: null, type: 'admin' };

const olderPart: Fields = {
  id: '1453279698921457472',
  created: 1685352440.5,
  conversation: conversationId,
  body: 'Words of the customer.',
  body_json: {},
  type: 'reply_user',
  sent_via: 'web_user',
  meta_data: {},
  part_group: null,
  from: '1447294708215711734',
};

export async function startStandIn(changes: Partial<Record<Call, Change>> = {}): Promise<StandIn> {
  const calls: Call[] = [];
  let parts: Fields[] = [olderPart];
  const upstream = await startUpstream((response, request) => {
    const call = callOf(request);
    calls.push(call);
    if (call === 'answer') parts = [noteOf(request), ...parts];
    const [status, envelope] = answerTo(call, parts);
    const answer = (changes[call] ?? unchanged)(status, envelope);
    if (!answer) response.socket?.destroy();
    else answerJson(answer.body, answer.status, answer.headers)(response, request);
  });
  return { url: new URL(upstream.url), calls };
}

const unchanged: Change = (status, body) => ({ status, body });

function callOf({ method, path, headers }: UpstreamRequest): Call {
  if (headers.authorization !== `Token ${standInToken}`) return 'wrongToken';
  if (method === 'POST') return 'answer';
  return path.includes(`/${conversationId}/`) ? 'page' : 'wrongId';
}

function answerTo(call: Call, parts: readonly Fields[]): [status: number, envelope: Envelope] {
  switch (call) {
    case 'answer':
      return [200, { data: parts[0], meta: { status: 200 } }];
    case 'page':
      return [
        200,
        { data: parts, meta: { status: 200, next_before_position: null, next_after_position: null } },
      ];
    case 'wrongId':
      return [400, { data: {}, meta: { status: 400, error: 'LookupError', error_message: 'No.' } }];
    case 'wrongToken':
      return [401, { data: {}, meta: { status: 401, error: 'NotAuthenticated', error_message: 'No.' } }];
  }
}

function noteOf({ fields }: UpstreamRequest): Fields {
  const sent = Object.fromEntries(fields);
  return {
    id: '1453279698921457473',
    created: Math.floor(Date.now() / 1000),
    conversation: conversationId,
    body: sent['body'],
    body_json: {},
    direction: 'a2u',
    type: sent['type'],
    sent_via: 'api',
    meta_data: {},
    reply_type: 'no',
    actions: null,
    edited: null,
    removed: null,
    external_id: null,
    part_group: '1447294760216691955',
    from: admin,
    random_id: Number(sent['random_id']),
    read: false,
    first: false,
    inbound_email: null,
  };
}
