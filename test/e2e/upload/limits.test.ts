/** Limits of uploads: the size of a file, of the fields, and the number of uploads. */

import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import { post } from '../../support/gateway/reply.ts';
import {
  expectBytes,
  MiB,
  onlyReceived,
  result,
  sent,
  twoMap,
  twoOperations,
  watchUploads,
} from '../../support/gateway/start-upload-gateway.ts';
import {
  chunk,
  closing,
  field,
  file,
  filePath,
  form,
  head,
  map,
  mutation,
  operations,
  replyOperations,
  upload,
} from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { until } from '../../support/until.ts';

const { spool, startUploadGateway } = watchUploads();

describe('the largest file', () => {
  test.each<[size: number, passes: boolean]>([
    [999, true],
    [1_000, true],
    [1_001, false],
    [1_002, false],
    [70_000, false],
    [3 * MiB, false],
  ])('of 1000 bytes: %i', async (size, passes) => {
    const gateway = await startUploadGateway({ UPLOAD_MAX_BYTES: '1000' });
    const answer = await sendForm(gateway.origin, upload(noise(size)));
    expect(answer.status).toBe(200);
    expect(result(answer)).toMatchObject(
      passes
        ? sent
        : {
            __typename: 'AttachmentTooBigError',
            maxBytes: 1_000,
            delivery: 'NOT_DELIVERED',
            message: /1000 bytes/,
          },
    );
    expect(gateway.sandbox?.received).toHaveLength(passes ? 1 : 0);
  });

  test('is 10 MiB, and one byte more is rejected', async () => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, upload(noise(10 * MiB + 1)));
    expect(result(answer)).toMatchObject({ __typename: 'AttachmentTooBigError', maxBytes: 10 * MiB });
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each(['content-length', 'chunked'])(
    'is enforced before the rest of the file arrives: with %s',
    async (way) => {
      const gateway = await startUploadGateway({ UPLOAD_MAX_BYTES: '100000' });
      const client = new RawClient(gateway.origin);
      // Without the end of the file, whose last bytes might be the beginning of a boundary.
      const begin = Buffer.concat([
        upload(noise(100_000)).subarray(0, -closing.length - 2),
        Buffer.alloc(100),
      ]);
      const more = Buffer.alloc(MiB);
      const wrap = way === 'chunked' ? chunk : (bytes: Buffer) => bytes;
      await client.write(head(way === 'chunked' ? 'chunked' : begin.length + 100 * more.length), wrap(begin));
      const answer = await client.answer();
      expect(result(answer)).toMatchObject({
        __typename: 'AttachmentTooBigError',
        maxBytes: 100_000,
        delivery: 'NOT_DELIVERED',
      });
      for (let index = 0; index < 100 && !client.isClosed; index++) await client.write(wrap(more));
      if (way === 'chunked') await client.write('0\r\n\r\n');
      await client.expectUsableOrClosed();
      expect(gateway.sandbox?.received).toEqual([]);
    },
  );

  test('is not spooled beyond its limit', async () => {
    const gateway = await startUploadGateway({ UPLOAD_MAX_BYTES: '1000000' });
    const client = new RawClient(gateway.origin);
    const query = `mutation ($a: Upload!, $b: Upload!) {
      replyToConversation(input: { conversationId: "1", attachment: { file: $b } }) { __typename }
      other: replyToConversation(input: { conversationId: "1", attachment: { file: $a } }) { __typename }
    }`;
    const body = form(
      operations({ a: null, b: null }, query),
      twoMap,
      file(noise(4_000_000), { name: 'x' }),
      file('y', { name: 'y' }),
    );
    await client.write(head(body.length), body.subarray(0, -20));
    const sizes = () => spool.files().map((path) => statSync(path).size);
    await until(() => expect(sizes().some((size) => size > 1_000)).toBe(true));
    await client.expectIdle(100);
    expect(sizes().filter((size) => size > 1_000_000)).toEqual([]);
    client.goAway();
  });

  test('applies to each file separately', async () => {
    const gateway = await startUploadGateway({ UPLOAD_MAX_BYTES: '1000' });
    const parts = (first: number, second: number) => [
      file(noise(first), { name: 'x' }),
      file(noise(second), { name: 'y' }),
    ];
    const both = await sendForm(gateway.origin, form(twoOperations, twoMap, ...parts(1_000, 1_000)));
    expect(both.body.data).toMatchObject({ first: sent, second: sent });
    const one = await sendForm(gateway.origin, form(twoOperations, twoMap, ...parts(1_001, 1_000)));
    expect(one.body.data).toMatchObject({ first: { __typename: 'AttachmentTooBigError' }, second: sent });
  });
});

describe('a limit', () => {
  const pad = (text: string, bytes: number) =>
    text.replace('}', `}${' '.repeat(bytes - Buffer.byteLength(text))}`);
  const operationsText = JSON.stringify({
    query: mutation,
    variables: { input: { conversationId: '1', attachment: { file: null } } },
  });
  const longOperations = (bytes: number) =>
    form(field('operations', operationsText.padEnd(bytes)), map(), file());
  const longMap = (bytes: number) =>
    form(replyOperations(), map(pad(`{"0":["${filePath}"]}`, bytes)), file());
  const longHeader = (which: 'operations' | 'map' | '0', bytes: number) => {
    const long = (header: string) => `${header}\r\nX-Long: ${'x'.repeat(bytes - header.length - 10)}`;
    const text = form(replyOperations(), map(), file()).toString();
    const header = new RegExp(`Content-Disposition: form-data; name="${which}".*?(?=\\r\\n\\r\\n)`, 's');
    return Buffer.from(text.replace(header, long));
  };

  test.each<[name: string, body: Buffer]>([
    ['operations of 1 MiB', longOperations(MiB)],
    ['a map of 1 MiB', longMap(MiB)],
    ['a header of 8 KiB for operations', longHeader('operations', 8_192)],
    ['a header of 8 KiB for the map', longHeader('map', 8_192)],
    ['a header of 8 KiB for the file', longHeader('0', 8_192)],
  ])('allows %s', async (_name, body) => {
    const gateway = await startUploadGateway();
    expect(result(await sendForm(gateway.origin, body))).toMatchObject(sent);
    expectBytes(onlyReceived(gateway).file?.bytes, 'bytes');
  });

  const tinyFields = Array.from({ length: 800 }, (_, index) => field(`f${index}`, 'x'));
  test.each<[name: string, body: Buffer, status: number, message: RegExp]>([
    ['operations with one byte more', longOperations(MiB + 1), 413, /larger than 1048576 bytes/],
    ['operations of 5 MiB', longOperations(5 * MiB), 413, /larger than 1048576 bytes/],
    ['a map with one byte more', longMap(MiB + 1), 413, /larger than 1048576 bytes/],
    [
      'a header with one byte more for operations',
      longHeader('operations', 8_193),
      413,
      /longer than 8192 bytes/,
    ],
    ['a header with one byte more for the map', longHeader('map', 8_193), 413, /longer than 8192 bytes/],
    ['a header with one byte more for the file', longHeader('0', 8_193), 413, /longer than 8192 bytes/],
    ['a header of 3 MiB for the file', longHeader('0', 3 * MiB), 413, /longer than 8192 bytes/],
    ['hundreds of fields before operations', form(...tinyFields, upload()), 400, /"operations" .*first/],
    [
      'hundreds of fields before the map',
      form(replyOperations(), ...tinyFields, map(), file()),
      400,
      /"map" is missing/,
    ],
    [
      'hundreds of fields before the file',
      form(replyOperations(), map(), ...tinyFields, file()),
      400,
      /"f0" is not in the map/,
    ],
    [
      'hundreds of fields after the file',
      form(replyOperations(), map(), file(), ...tinyFields),
      400,
      /"f0" is not in the map/,
    ],
    [
      'hundreds of files after the file',
      form(replyOperations(), map(), ...Array(300).fill(file())),
      400,
      /two parts with the name "0"/,
    ],
    ['an endless epilogue', Buffer.concat([upload(), Buffer.alloc(60 * MiB)]), 413, /too large/],
  ])('rejects %s', async (_name, body, status, message) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, body);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors[0].message).toMatch(message);
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each<[name: string, body: Buffer, message: RegExp]>([
    ['operations', longOperations(MiB + 2_000), /larger than 1048576 bytes/],
    ['a map', longMap(MiB + 2_000), /larger than 1048576 bytes/],
    ['a header of operations', longHeader('operations', 9_000), /longer than 8192 bytes/],
    ['a header of the map', longHeader('map', 9_000), /longer than 8192 bytes/],
    ['a header of the file', longHeader('0', 9_000), /longer than 8192 bytes/],
  ])('rejects before the rest arrives: %s', async (name, body, message) => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const end = name.endsWith('file') ? 80 : name.endsWith('map') ? 300 : 500;
    await client.write(head(body.length), body.subarray(0, -end));
    const answer = await client.answer();
    expect(answer.status).toBe(413);
    expect(answer.body.errors[0].message).toMatch(message);
    await client.write(body.subarray(-end));
    await client.expectUsableOrClosed();
  });

  test('applies to concurrent uploads: the 65th is rejected, and accepted when another one is done', async () => {
    const gateway = await startUploadGateway();
    const body = upload(noise(200_000));
    const clients = Array.from({ length: 64 }, () => new RawClient(gateway.origin));
    await Promise.all(
      clients.map((client, index) =>
        client.write(
          head(body.length, { authorization: index < 48 ? 'Token sandbox' : 'Token another' }),
          body.subarray(0, -30_000),
        ),
      ),
    );
    await until(() => expect(spool.files()).toHaveLength(64));
    const mine = await sendForm(gateway.origin, body);
    expect(mine).toMatchObject({ status: 429, head: expect.stringMatching(/^retry-after: \d+$/im) });
    const refused = await sendForm(gateway.origin, body, { authorization: 'Token third' });
    expect(refused).toMatchObject({ status: 503, head: expect.stringMatching(/^retry-after: \d+$/im) });
    expect(refused.body.errors[0].message).toBe('The gateway is overloaded; retry in 1 second.');
    expect(gateway.sandbox?.received).toEqual([]);
    // It does not apply to other requests.
    expect((await post(gateway, '{ __typename }')).status).toBe(200);

    await clients[0]?.write(body.subarray(-30_000));
    expect(result((await clients[0]?.answer()) ?? expect.unreachable())).toMatchObject(sent);
    await until(async () => expect(await sendForm(gateway.origin, body)).toMatchObject({ status: 200 }));
    for (const client of clients.slice(16)) client.goAway();
    await Promise.all(
      clients.slice(1, 16).map(async (client) => {
        await client.write(body.subarray(-30_000));
        expect(result(await client.answer())).toMatchObject(sent);
      }),
    );
    for (const { file: it } of gateway.sandbox?.received ?? []) expectBytes(it?.bytes, noise(200_000));
    expect(gateway.sandbox?.received).toHaveLength(17);
  });
});
