/** Clients cancel replies: a queued reply is not sent, and one that is being sent is completed. */

import { afterAll, describe, expect, test } from 'vitest';
import { LeaveNoteDocument, SendAttachmentDocument } from '../../schema/documents.ts';
import { ask } from '../support/gateway/ask.ts';
import { endCommands, type StartedCommand, startCommand } from '../support/process/start-command.ts';
import { answerReply, startUpstream } from '../support/upstream/start-upstream.ts';
import { clients } from './libraries/clients.ts';

afterAll(endCommands);

const headers = { authorization: 'Token caller', 'apollo-require-preflight': 'true' };
const note = (conversationId: string) => ({
  conversationId,
  from: { adminId: '8164' },
  body: 'Hi',
  idempotencyKey: conversationId,
});
const cancelled = {
  error: expect.toSatisfy((error) => /abort/i.test(`${error.name} ${error.message}`)),
  said: expect.any(String),
};

/** The delivery of each reply in the log, and the status of the response. */
function linesOf(gateway: StartedCommand): unknown[] {
  const ofRequests = gateway.lines().filter((line) => 'requestId' in line);
  return ofRequests.map((line) => [line['delivery'], line['aborted'] ?? line['http.response.status_code']]);
}

async function metricOf(gateway: StartedCommand, name: string): Promise<number> {
  const { text } = await ask(String(gateway.lines().find((line) => 'metrics' in line)?.['metrics']));
  return Number(new RegExp(`^dashly_gateway_${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

/** A Dashly that holds its responses until they are released, and a gateway with one connection to it. */
async function startHeld() {
  const held: (() => void)[] = [];
  const upstream = await startUpstream((...exchange) => held.push(() => answerReply()(...exchange)));
  const gateway = await startCommand({
    DASHLY_API_URL: upstream.url,
    DASHLY_MAX_CONNECTIONS: '1',
    DASHLY_TIMEOUT_MS: '60000',
    RECOVERY_TIMEOUT_MS: '0',
    METRICS_PORT: '0',
  });
  const release = async () => {
    await expect.poll(() => held.length).toBe(1);
    for (const answer of held.splice(0)) answer();
  };
  return { gateway, upstream, url: `${gateway.origin}/graphql`, release };
}

describe.each(clients)('%s', (_name, create) => {
  test('cancels a reply', async () => {
    const { gateway, upstream, url, release } = await startHeld();
    const client = create(url, headers);
    const [sent, waiting, upload] = [new AbortController(), new AbortController(), new AbortController()];

    const first = client.send(LeaveNoteDocument, note('1'), { signal: sent.signal });
    await expect.poll(() => upstream.requests.length).toBe(1);
    const second = client.send(LeaveNoteDocument, note('2'), { signal: waiting.signal });
    const file = new File(['bytes'], 'a.txt');
    const third = client.send(SendAttachmentDocument, { ...note('3'), file }, { signal: upload.signal });
    await expect.poll(() => metricOf(gateway, 'queue_length')).toBe(2);

    for (const controller of [waiting, upload]) controller.abort();
    expect([await second, await third]).toEqual([cancelled, cancelled]);
    await expect.poll(() => metricOf(gateway, 'queue_length')).toBe(0);
    sent.abort();
    expect(await first).toEqual(cancelled);
    await expect.poll(() => metricOf(gateway, 'client_connections')).toBe(0);
    await release();
    await expect.poll(() => linesOf(gateway).length).toBe(3);
    expect(linesOf(gateway)).toEqual([
      // A reply that was not sent has no delivery.
      [undefined, true],
      [undefined, true],
      ['DELIVERED', true],
    ]);

    // The completed reply is replayed by its key, and another one is sent.
    const again = await client.send(LeaveNoteDocument, note('1'));
    expect(again.data?.replyToConversation.__typename).toBe('ReplyToConversationPayload');
    const next = client.send(LeaveNoteDocument, note('2'));
    await release();
    expect((await next).data?.replyToConversation.__typename).toBe('ReplyToConversationPayload');
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/conversations/1/reply',
      '/conversations/2/reply',
    ]);
    expect(await metricOf(gateway, 'in_flight')).toBe(0);
    expect(await metricOf(gateway, 'errors_total')).toBe(0);
    expect(gateway.output.err).toBe('');
  });
});
