/** Each client uploads a file through the gateway by its own means. */

import { describe, expect, test } from 'vitest';
import { ReplyDocument, SendAttachmentDocument } from '../../schema/documents.ts';
import { startGateway } from '../support/gateway/start-gateway.ts';
import type { Client } from './libraries/client.ts';
import { clients } from './libraries/clients.ts';

const headers = { authorization: 'Token sandbox' };
/** The gateway requires this header for files, since a page of another site cannot send it. */
const preflight = { 'apollo-require-preflight': 'true' };

const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251);
const name = 'отчёт "1" 🎉.bin';
const type = 'application/x-test';
const upload = () => new File([bytes], name, { type });

const ways: [way: string, send: (client: Client, file: File | Blob) => ReturnType<Client['send']>][] = [
  [
    'in the input',
    (client, file) => client.send(ReplyDocument, { input: { conversationId: '1', attachment: { file } } }),
  ],
  [
    'as a separate variable',
    (client, file) =>
      client.send(SendAttachmentDocument, { conversationId: '1', from: { adminId: '8164' }, file }),
  ],
];

describe.each(clients)('%s', (_name, create) => {
  test.each(ways)('uploads a file %s', async (_way, send) => {
    const gateway = await startGateway();
    expect(await send(create(gateway.url, { ...headers, ...preflight }), upload())).toMatchObject({
      data: { replyToConversation: { __typename: 'ReplyToConversationPayload' } },
    });
    expect(gateway.sandbox?.received).toHaveLength(1);
    const { fields, file } = gateway.sandbox?.received[0] ?? {};
    expect(fields).toContainEqual(['attachment_file_name', name]);
    expect(file).toMatchObject({ filename: name.replaceAll('"', '_'), mimeType: type });
    expect(Buffer.from(file?.bytes ?? []).equals(bytes)).toBe(true);
    expect(gateway.errors).toEqual([]);
  });

  test('receives the URL of the file', async () => {
    const gateway = await startGateway();
    const client = create(gateway.url, { ...headers, ...preflight });
    const variables = { conversationId: '1', from: { adminId: '8164' }, file: upload() };
    const { data } = await client.send(SendAttachmentDocument, variables);
    const result = data?.replyToConversation;
    if (result?.__typename !== 'ReplyToConversationPayload') throw new Error(JSON.stringify(result));
    const [attachment] = result.part.attachments;
    expect(attachment).toMatchObject({ filename: name, mimeType: type, size: bytes.length });
    const served = await fetch(attachment?.url ?? '');
    expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('uploads a blob, which has no name of its own', async () => {
    const gateway = await startGateway();
    const client = create(gateway.url, { ...headers, ...preflight });
    const file = new Blob(['See you on Monday.'], { type: 'text/plain' });
    const variables = { conversationId: '1', from: { adminId: '8164' }, file, fileName: 'note.txt' };
    expect(await client.send(SendAttachmentDocument, variables)).toMatchObject({
      data: { replyToConversation: { part: { attachments: [{ filename: 'note.txt', size: 18 }] } } },
    });
  });

  test.each(ways)('reports the missing header if a file %s is sent without it', async (_way, send) => {
    const gateway = await startGateway();
    expect(await send(create(gateway.url, headers), upload())).toEqual({
      error: expect.any(Error),
      said: expect.stringContaining('apollo-require-preflight'),
    });
    expect(gateway.sandbox?.received).toEqual([]);
  });
});
