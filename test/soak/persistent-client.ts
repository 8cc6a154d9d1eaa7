/** A client as a careful team would write it: it retries if that is safe, and records the results. */

import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayProcess } from './gateway-process.ts';

export type Reported = 'sent' | 'NOT_DELIVERED' | 'UNKNOWN' | 'DELIVERED' | 'nothing';

export interface SentReply {
  readonly id: string;
  readonly hasKey: boolean;
  /** The last result; `nothing` without a response. */
  readonly reported: Reported;
  readonly requests: number;
  readonly replays: number;
  /** Whether it was found in its conversation. */
  readonly isRecovered: boolean;
  /** The message of each error, or what came instead of a result. */
  readonly failures: readonly string[];
}

export interface ReplyOptions {
  /** Without a key it retries only if nothing was sent. */
  readonly hasKey: boolean;
  readonly file: Buffer | null;
  /** If false, it aborts every tenth request, at any time. */
  readonly isPatient: boolean;
}

const query = `mutation ($input: ReplyToConversationInput!) {
  replyToConversation(input: $input) {
    __typename
    ... on ReplyToConversationPayload { replayed recovered part { externalId } }
    ... on ReplyError { delivery message }
    ... on GatewayUnavailableError { reason }
  }
}`;

/** The maximal number of attempts while the result is not final. */
const maxRequests = 6;

/** Longer than a call to Dashly and all look-ups, in milliseconds. */
const longestPatienceMs = 70_000;

/** An aborted request is aborted within this time, in milliseconds. */
const longestImpatienceMs = 120;

export async function sendPersistently(
  id: string,
  { hasKey, file, isPatient }: ReplyOptions,
  gateways: readonly Pick<GatewayProcess, 'url' | 'isReady'>[],
): Promise<SentReply> {
  // A key belongs to the caller that sent it.
  const token = `Token ${id.slice(0, 1)}`;
  let reported: Reported = 'nothing';
  let requests = 0;
  let replays = 0;
  let isRecovered = false;
  const failures: string[] = [];
  // Dashly returns the newest parts of a conversation only.
  const conversationId = String(1 + Math.floor(Math.random() * 1_000_000));
  while (requests < maxRequests) {
    const ready = gateways.filter(({ isReady }) => isReady);
    const gateway = ready[Math.floor(Math.random() * ready.length)];
    if (!gateway) {
      await delay(20);
      continue;
    }
    requests++;
    const input = { conversationId, body: 'Hi', externalId: id, ...(hasKey && { idempotencyKey: id }) };
    const answer = await ask(gateway.url, token, input, { file, isPatient });
    if (answer.failure !== null) failures.push(answer.failure);
    // A known result does not become unknown because the next response was lost. If the store of keys is unreachable, this request sent
    // nothing, but earlier ones may have.
    if (answer.isOfKey || requests === 1) reported = answer.reported;
    if (answer.isReplay) replays++;
    if (answer.isRecovered) isRecovered = true;
    if (reported === 'sent' || reported === 'DELIVERED') break;
    if (!hasKey && (answer.reported === 'nothing' || answer.reported === 'UNKNOWN')) {
      reported = answer.reported;
      break;
    }
    await delay(Math.random() * 100);
  }
  return { id, hasKey, reported, requests, replays, isRecovered, failures };
}

interface Answer {
  readonly reported: Reported;
  readonly isReplay: boolean;
  readonly isRecovered: boolean;
  /** Whether the result concerns all requests with this key, and not only this one. */
  readonly isOfKey: boolean;
  readonly failure: string | null;
}

async function ask(
  url: string,
  authorization: string,
  input: object,
  { file, isPatient }: Pick<ReplyOptions, 'file' | 'isPatient'>,
): Promise<Answer> {
  const attachment = file && { file: null };
  const operations = JSON.stringify({
    query,
    variables: { input: { ...input, ...(file && { attachment }) } },
  });
  let init: RequestInit = {
    body: operations,
    headers: { authorization, 'content-type': 'application/json' },
  };
  if (file) {
    const body = new FormData();
    body.append('operations', operations);
    body.append('map', JSON.stringify({ 0: ['variables.input.attachment.file'] }));
    body.append('0', new Blob([new Uint8Array(file)]), 'file.bin');
    init = { body, headers: { authorization, 'apollo-require-preflight': '1' } };
  }
  const patienceMs =
    !isPatient && Math.random() < 0.1 ? Math.ceil(Math.random() * longestImpatienceMs) : longestPatienceMs;
  try {
    const response = await fetch(url, { method: 'POST', ...init, signal: AbortSignal.timeout(patienceMs) });
    const text = await response.text();
    const result = JSON.parse(text).data?.replyToConversation;
    if (!result) return noResult(text);
    const isSent = result.__typename === 'ReplyToConversationPayload';
    return {
      reported: isSent ? 'sent' : result.delivery,
      isReplay: result.replayed === true,
      isRecovered: result.recovered === true,
      isOfKey: result.reason !== 'STORE_UNREACHABLE',
      failure: isSent ? null : `${result.delivery}: ${result.message}`,
    };
  } catch (error) {
    return noResult(String(error));
  }
}

function noResult(failure: string): Answer {
  return { reported: 'nothing', isReplay: false, isRecovered: false, isOfKey: false, failure };
}
