/** Starts gateways for uploads, which must leave no temporary file behind, and sends forms to them. */

import { expect, onTestFinished } from 'vitest';
import type { ReceivedReply } from '../../../src/sandbox/sandbox-state.ts';
import { type FileOptions, map, operations, selection, upload } from '../multipart-body.ts';
import { type RawAnswer, sendForm } from './raw-client.ts';
import { type LoggedGateway, startGateway, type TestGateway } from './start-gateway.ts';
import { type Spool, watchSpool } from './watch-spool.ts';

export const MiB = 1024 * 1024;

export interface UploadStage {
  readonly spool: Spool;
  /** At the end of the test no temporary file may be left, and no error may be logged unless `mayLog` is true. */
  startUploadGateway(
    environment?: Record<string, string>,
    options?: { readonly mayLog?: boolean },
  ): Promise<LoggedGateway>;
}

/** Call once per test file, whose tests must run sequentially. */
export function watchUploads(): UploadStage {
  const spool = watchSpool();
  return {
    spool,
    async startUploadGateway(environment = {}, { mayLog = false } = {}) {
      const gateway = await startGateway(environment);
      onTestFinished(async () => {
        await spool.becomesEmpty();
        if (!mayLog) expect(gateway.errors).toEqual([]);
      });
      return gateway;
    },
  };
}

export function onlyReceived({ sandbox }: TestGateway): ReceivedReply {
  expect(sandbox?.received).toHaveLength(1);
  return sandbox?.received[0] ?? expect.unreachable();
}

export const result = ({ body }: RawAnswer) => body.data.replyToConversation;
export const sent = { __typename: 'ReplyToConversationPayload' };
/** The result of a reply whose file cannot be stored on this machine. */
export const failedInternally = { __typename: 'GatewayUnavailableError', delivery: 'NOT_DELIVERED' };

/** Sends a request and checks that nothing is sent to Dashly. */
export async function sendForNothing(
  gateway: TestGateway,
  body: Buffer,
  headers: Record<string, string | null> = {},
): Promise<RawAnswer> {
  const answer = await sendForm(gateway.origin, body, headers);
  expect(gateway.sandbox?.received).toEqual([]);
  return answer;
}

/** Checks equality without the cost and the output of a comparison byte by byte. */
export function expectBytes(actual: Uint8Array | undefined, expected: string | Buffer): void {
  const bytes = Buffer.from(expected);
  expect(actual?.length).toBe(bytes.length);
  expect(bytes.equals(actual ?? Buffer.alloc(0))).toBe(true);
}

/** Sends one file, and checks its bytes at Dashly and at its URL. */
export async function expectIntact(
  gateway: TestGateway,
  content: string | Buffer,
  options: FileOptions = {},
): Promise<ReceivedReply> {
  const answer = await sendForm(gateway.origin, upload(content, options));
  expect(result(answer)).toMatchObject(sent);
  const received = gateway.sandbox?.received.at(-1) ?? expect.unreachable();
  expectBytes(received.file?.bytes, content);
  const [attachment] = result(answer).part.attachments;
  expect(attachment.size).toBe(Buffer.from(content).length);
  const served = await fetch(attachment.url, { headers: { connection: 'close' } });
  expectBytes(new Uint8Array(await served.arrayBuffer()), content);
  return received;
}

/** One document with two replies, each with a file. */
const twoReplies = `mutation ($a: Upload!, $b: Upload!) {
  first: replyToConversation(input: { conversationId: "1", body: "1", attachment: { file: $a } }) { ${selection} }
  second: replyToConversation(input: { conversationId: "1", body: "2", attachment: { file: $b } }) { ${selection} }
}`;
export const twoOperations = operations({ a: null, b: null }, twoReplies);
export const twoMap = map({ x: ['variables.a'], y: ['variables.b'] });
