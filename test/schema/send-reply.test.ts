/** `sendReply` creates a reply once, however often it sends it, and retries only what may be retried. */

import { fileURLToPath } from 'node:url';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { ReplyDocument, type ReplyMutation, type ReplyMutationVariables } from '../../schema/operations.ts';
import { type SendReplyOptions, sendReply } from '../../schema/send-reply.ts';
import { TypedDocumentString } from '../../schema/typed-document-string.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import { startProxy } from '../support/proxy/start-proxy.ts';
import { answerJson, type Respond, startUpstream } from '../support/upstream/start-upstream.ts';

const headers = { authorization: 'Token sandbox' };
const input = { conversationId: '1', body: 'Hi', idempotencyKey: 'key' };
const file = new File(['See you on Monday.'], 'note.txt');

const sent = { __typename: 'ReplyToConversationPayload', part: { id: '7' } };
const failure = (__typename: string, delivery: string, others: object = {}) => ({
  ...{ __typename, message: 'No.', delivery },
  ...others,
});
const result = (member: object): Respond => answerJson({ data: { replyToConversation: member } });

/** A gateway with scripted answers, the last of which repeats. */
async function startScripted(...answers: [Respond, ...Respond[]]) {
  let count = 0;
  const { url, requests } = await startUpstream((response, request) => {
    const answer = answers[Math.min(count, answers.length - 1)];
    count += 1;
    answer?.(response, request);
  });
  const send = (options: Partial<SendReplyOptions> = {}) =>
    sendReply(ReplyDocument, input, { url, headers, ...options });
  return { send, url, requests };
}

describe('a gateway', () => {
  test.each<[kind: string, environment: Record<string, string>]>([
    ['any documents', {}],
    [
      'trusted documents',
      { TRUSTED_DOCUMENTS: fileURLToPath(new URL('../../schema/trusted-documents.json', import.meta.url)) },
    ],
  ])('with %s receives text, buttons and files', async (_kind, environment) => {
    const { url, sandbox } = await startGateway(environment);
    const actions = [{ quickReply: { body: 'Yes' } }];
    const reply = await sendReply(ReplyDocument, { ...input, actions }, { url, headers });
    expectTypeOf(reply).toEqualTypeOf<ReplyMutation['replyToConversation']>();
    expect(reply).toMatchObject({ part: { body: 'Hi', actions: [{ body: 'Yes' }] } });
    const withFile = { ...input, idempotencyKey: 'other', attachment: { file, fileName: 'a.txt' } };
    expect(await sendReply(ReplyDocument, withFile, { url, headers })).toMatchObject({
      part: { body: 'Hi', attachments: [{ filename: 'a.txt', size: 18 }] },
    });
    expect(sandbox?.received).toHaveLength(2);
  });

  test('receives a document of your own', async () => {
    const { url } = await startGateway();
    const own = new TypedDocumentString<ReplyMutation, ReplyMutationVariables>(
      'mutation Own($input: ReplyToConversationInput!) { replyToConversation(input: $input) { __typename } }',
      'unused',
    );
    expect(await sendReply(own, input, { url, headers })).toEqual({ __typename: sent.__typename });
  });

  test('whose response is lost is called again, and the reply is created once', async () => {
    const gateway = await startGateway();
    let cuts = 0;
    const { port } = await startProxy(Number(new URL(gateway.url).port), (chunk, way, { client }) => {
      if (way === 'back' && cuts++ < 1) client.destroy();
      return chunk;
    });
    const url = `http://127.0.0.1:${port}/graphql`;
    const reply = await sendReply(ReplyDocument, { ...input, attachment: { file } }, { url, headers });
    expect(reply).toMatchObject({ __typename: sent.__typename, replayed: true });
    expect(gateway.sandbox?.received).toHaveLength(1);
  });
});

describe('is sent again with the same key', () => {
  test.each<[after: string, first: Respond]>([
    ['a limit', result(failure('TooManyRequestsError', 'NOT_DELIVERED', { retryAfterSeconds: null }))],
    ['a failure of Dashly before the reply', result(failure('DashlyUnavailableError', 'NOT_DELIVERED'))],
    [
      'a failure of the gateway before the reply',
      result(failure('GatewayUnavailableError', 'NOT_DELIVERED')),
    ],
    ['a 429', answerJson({ errors: [{ message: 'No.' }] }, 429)],
    ['a 503', answerJson({ errors: [{ message: 'No.' }] }, 503)],
    ['an answer of a proxy', answerJson('<html>', 502)],
    ['an answer that is cut off', answerJson('{"data":{"replyTo')],
    ['a lost connection', (response) => response.destroy()],
  ])('after %s', async (_after, first) => {
    const { send, requests } = await startScripted(first, result(sent));
    expect(await send()).toEqual(sent);
    const keys = requests.map(({ body }) => JSON.parse(body).variables.input.idempotencyKey);
    expect(keys).toEqual(['key', 'key']);
  });

  test('after the wait that the gateway asks for', async () => {
    const limit = failure('TooManyRequestsError', 'NOT_DELIVERED', { retryAfterSeconds: 1 });
    const { send } = await startScripted(result(limit), result(sent));
    const start = performance.now();
    expect(await send()).toEqual(sent);
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  test('with a new token', async () => {
    const { send, requests } = await startScripted(
      answerJson({ errors: [{ message: 'No.' }] }, 503),
      result(sent),
    );
    let count = 0;
    await send({ headers: async () => ({ authorization: `Bearer ${++count}` }) });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });
});

describe('is not sent again', () => {
  test.each<[after: string, member: object]>([
    ['an unknown delivery', failure('DashlyUnavailableError', 'UNKNOWN')],
    ['a delivery without a usable part', failure('DashlyUnavailableError', 'DELIVERED')],
    ['a failure that stays', failure('InvalidReplyError', 'NOT_DELIVERED')],
    ['a conflict', failure('IdempotencyConflictError', 'UNKNOWN')],
    ['a limit for long', failure('TooManyRequestsError', 'NOT_DELIVERED', { retryAfterSeconds: 11 })],
    ['a member of a later version', failure('LaterError', 'NOT_DELIVERED')],
  ])('after %s', async (_after, member) => {
    const { send, requests } = await startScripted(result(member));
    expect(await send()).toEqual(member);
    expect(requests).toHaveLength(1);
  });

  test.each([400, 401, 413])('after a %i, whose message and status are in the error', async (status) => {
    const { send, requests } = await startScripted(answerJson({ errors: [{ message: 'No.' }] }, status));
    await expect(send()).rejects.toMatchObject({ name: 'SendReplyError', message: 'No.', status });
    expect(requests).toHaveLength(1);
  });

  test.each([401, 404, 413])('after a %i of a proxy, which is not JSON', async (status) => {
    const { send, requests } = await startScripted(answerJson('<html>', status));
    await expect(send()).rejects.toMatchObject({ name: 'SendReplyError', status });
    expect(requests).toHaveLength(1);
  });

  test.each<[first: string, answer: Respond]>([
    ['a lost connection', (response) => response.destroy()],
    ['a 503', answerJson({ errors: [{ message: 'No.' }] }, 503)],
    ['an answer of a proxy', answerJson('<html>', 502)],
  ])('after %s and a refusal, but may have been sent', async (_first, answer) => {
    const refusal = answerJson({ errors: [{ message: 'The token has expired.' }] }, 401);
    const { send, requests } = await startScripted(answer, refusal);
    await expect(send()).rejects.toMatchObject({ message: 'The token has expired.', status: null });
    expect(requests).toHaveLength(2);
  });

  test('after the last attempt', async () => {
    const limit = failure('TooManyRequestsError', 'NOT_DELIVERED');
    const scripted = await startScripted(result(limit));
    expect(await scripted.send({ attempts: 2 })).toEqual(limit);
    expect(scripted.requests).toHaveLength(2);
    const lost = await startScripted((response) => void response.destroy());
    await expect(lost.send({ attempts: 2 })).rejects.toMatchObject({
      status: null,
      cause: expect.any(Error),
    });
    expect(lost.requests).toHaveLength(2);
  });

  test('after an abort: before, during and between attempts', async () => {
    const reason = new Error('Cancelled.');
    const before = await startScripted(result(sent));
    await expect(before.send({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(before.requests).toEqual([]);

    const during = new AbortController();
    const held = await startScripted(() => during.abort(reason));
    await expect(held.send({ signal: during.signal })).rejects.toBe(reason);
    expect(held.requests).toHaveLength(1);

    const between = new AbortController();
    const limit = failure('TooManyRequestsError', 'NOT_DELIVERED', { retryAfterSeconds: 9 });
    const waiting = await startScripted((response, request) => {
      result(limit)(response, request);
      response.once('close', () => setTimeout(() => between.abort(reason), 50));
    });
    await expect(waiting.send({ signal: between.signal })).rejects.toBe(reason);
    expect(waiting.requests).toHaveLength(1);
  });
});

test('reports the progress of each attempt', async () => {
  const { send } = await startScripted(answerJson({ errors: [{ message: 'No.' }] }, 503), result(sent));
  const progress: number[] = [];
  await send({ onProgress: (part) => void progress.push(part) });
  expect(progress).toEqual([0, 1, 0, 1]);
});

test('requires a key', async () => {
  const { send, url } = await startScripted(result(sent));
  await send();
  const { idempotencyKey: _, ...withoutKey } = input;
  // @ts-expect-error The key is missing.
  await sendReply(ReplyDocument, withoutKey, { url });
});
