/** Starts gateways that look up replies: each has read one of its successes back. */

import { expect } from 'vitest';
import { roundTrips, until } from '../until.ts';
import type { ReadableUpstream } from '../upstream/start-readable-upstream.ts';
import { answerJson } from '../upstream/start-upstream.ts';
import { post } from './reply.ts';
import { startGateway, type TestGateway } from './start-gateway.ts';

export const mutation = `mutation ($input: ReplyToConversationInput!) { replyToConversation(input: $input) {
  __typename
  ... on ReplyToConversationPayload { recovered replayed part { id body } assignPart { id } }
  ... on ReplyError { delivery }
} }`;

export const recovered = { __typename: 'ReplyToConversationPayload', recovered: true, replayed: false };
export const unknown = { __typename: 'DashlyUnavailableError', delivery: 'UNKNOWN' };

export const looksUp = { RECOVERY_TIMEOUT_MS: '5500' };

export async function send(
  gateway: Pick<TestGateway, 'url'>,
  input: object = {},
  headers: Record<string, string> = {},
) {
  const variables = { input: { conversationId: '7', body: 'Hello', ...input } };
  const { body, text } = await post(gateway, mutation, variables, headers);
  if (!body.data) throw new Error(text);
  return body.data.replyToConversation;
}

/** A gateway that has read one of its successes back. */
export async function startProven(upstream: ReadableUpstream, environment: Record<string, string> = {}) {
  const gateway = await startGateway({ DASHLY_API_URL: upstream.url, ...looksUp, ...environment });
  await prove(gateway, upstream);
  return gateway;
}

/** Resolves when the gateway has read a success back. */
export async function prove(gateway: Pick<TestGateway, 'url'>, upstream: ReadableUpstream): Promise<void> {
  const { respond } = upstream.behavior;
  upstream.behavior.respond = confirm;
  await send(gateway, { conversationId: '1' });
  upstream.behavior.respond = respond;
  await until(() => expect(upstream.reads()).not.toHaveLength(0));
  await roundTrips(gateway.url);
}

/** Responds to a reply as usual. */
export const confirm: ReadableUpstream['behavior']['respond'] = (response, request, part) =>
  answerJson({ data: part, meta: { status: 200 } })(response, request);
