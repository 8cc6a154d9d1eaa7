/** The wiring holds: one gateway answers, tells what it is, and ends without losing a reply. */

import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createGateway, type Gateway } from '../src/gateway.ts';
import { sandboxConversations } from '../src/sandbox/sandbox-conversations.ts';
import { reply } from './reply.ts';
import { startGateway } from './start-gateway.ts';
import { answerJson, documentedAnswer, startUpstream } from './start-upstream.ts';

async function create(environment: Record<string, string> = {}): Promise<Gateway> {
  const { config } = readConfig(environment);
  if (!config) throw new Error('The configuration is wrong.');
  const gateway = await createGateway(config, {
    logStream: { write() {} },
    logError: (message) => expect.unreachable(message),
  });
  onTestFinished(() => gateway.stop());
  return gateway;
}

test('a reply goes all the way to the sandbox and back', async () => {
  const gateway = await startGateway();
  for (const body of ['one', 'two', 'three']) {
    const sent = await reply(gateway, { conversationId: '1', body });
    expect(sent).toMatchObject({ __typename: 'ReplyToConversationPayload', part: { body } });
    expect(sent.part.id).toBe(gateway.sandbox?.received.at(-1)?.partId);
  }
  expect(gateway.sandbox?.received).toHaveLength(3);
});

test('the configuration reaches where it is needed', async () => {
  const upstream = await startUpstream((response, request) => {
    if (!request.path.includes('/6/')) answerJson(documentedAnswer)(response, request);
  });
  const gateway = await startGateway({
    DASHLY_API_URL: `${upstream.url}/v3/`,
    DASHLY_TIMEOUT_MS: '150',
    UPLOAD_MAX_BYTES: '777',
  });
  expect(await reply(gateway, { conversationId: '5' })).toMatchObject({
    __typename: 'ReplyToConversationPayload',
  });
  expect(upstream.requests[0]?.path).toBe('/v3/conversations/5/reply');
  const began = performance.now();
  expect(await reply(gateway, { conversationId: '6' })).toMatchObject({ reason: 'TIMEOUT' });
  expect(performance.now() - began).toBeLessThan(2_000);
  const response = await fetch(
    `${gateway.url}?query=${encodeURIComponent('{ replyLimits { attachmentMaxBytes } }')}`,
  );
  expect(await response.json()).toEqual({ data: { replyLimits: { attachmentMaxBytes: 777 } } });
});

test('two gateways in one process have nothing in common', async () => {
  const [first, second] = [await startGateway(), await startGateway()];
  await reply(first, { conversationId: '1', body: 'for the first' });
  first.drain();
  expect(second.sandbox?.received).toEqual([]);
  expect((await fetch(`${second.origin}/ready`)).status).toBe(200);
  expect((await fetch(`${first.origin}/ready`)).status).toBe(503);
});

test('it says what it talks to, how callers are known, and what the sandbox can do', async () => {
  const { summary, sandbox } = await create();
  const text = summary.join('\n');
  expect(text).toContain(sandbox?.url);
  expect(text).toContain('DASHLY_API_URL');
  expect(text).toContain('Authorization: Token');
  expect(text).toContain('Token sandbox');
  for (const { id, title } of sandboxConversations)
    expect(text).toMatch(new RegExp(`^ +${id} +.*${title.slice(0, 10)}`, 'm'));
});

test('before a real Dashly it says no word of the sandbox', async () => {
  const gateway = await create({ DASHLY_API_URL: 'https://api.dashly.app/v2' });
  expect(gateway.sandbox).toBeNull();
  expect(gateway.summary.join('\n')).toContain('https://api.dashly.app/v2');
  expect(gateway.summary.join('\n')).not.toMatch(/sandbox/i);
});

test('stopping waits for the replies that are on their way', async () => {
  const upstream = await startUpstream((response, request) => {
    setTimeout(() => answerJson(documentedAnswer)(response, request), 300);
  });
  const gateway = await create({ DASHLY_API_URL: upstream.url });
  const url = `http://127.0.0.1:${await gateway.listen(0, '127.0.0.1')}/graphql`;
  const sent = reply(
    { origin: '', url, errors: [], sandbox: null, drain: gateway.drain },
    { conversationId: '1' },
  );
  while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const began = performance.now();
  await gateway.stop();
  expect(performance.now() - began).toBeGreaterThan(100);
  expect(await sent).toMatchObject({ __typename: 'ReplyToConversationPayload' });
});
