/** A file arrives at Dashly with its bytes, its name and its type, and with all other parameters. */

import { describe, expect, test } from 'vitest';
import { RawClient, sendForm } from '../../support/gateway/raw-client.ts';
import { post } from '../../support/gateway/reply.ts';
import {
  expectBytes,
  expectIntact,
  MiB,
  onlyReceived,
  result,
  sent,
  watchUploads,
} from '../../support/gateway/start-upload-gateway.ts';
import {
  boundary,
  file,
  form,
  head,
  map,
  mutation,
  operations,
  replyOperations,
  upload,
} from '../../support/multipart-body.ts';
import { noise } from '../../support/noise.ts';
import { startRawUpstream } from '../../support/upstream/start-raw-upstream.ts';

const { startUploadGateway } = watchUploads();

describe('the bytes of a file', () => {
  test.each([0, 1, 65_536, MiB])('arrive, and are served: %i bytes', async (size) => {
    await expectIntact(await startUploadGateway(), noise(size));
  });

  test('arrive if they are exactly as many as the limit, which is 10 MiB', async () => {
    await expectIntact(await startUploadGateway(), noise(10 * MiB));
  });

  const lookAlike = [
    '\r\n--',
    `\r\n--${boundary.slice(0, -1)}`,
    `\r\n--${boundary.slice(0, -1)}\r\n`,
    `.--${boundary}--\n--${boundary}\r-\r\n\r\n--`,
    `\r\n--${boundary.slice(0, -1)}-\r\n-`,
  ].join('');

  test.each<[name: string, content: string | Buffer]>([
    ['many texts that resemble boundaries', lookAlike.repeat(2_000)],
    ['another form', upload('x').toString().replaceAll(boundary, 'another')],
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, index) => index))],
  ])('arrive if they are %s', async (_name, content) => {
    await expectIntact(await startUploadGateway(), content);
  });

  test('arrive if each byte is a packet of its own', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const body = upload(`\r\n--${boundary.slice(0, -1)}`);
    await client.write(head(body.length));
    for (const byte of body) await client.write(Buffer.of(byte));
    expect(result(await client.answer())).toMatchObject(sent);
    expectBytes(onlyReceived(gateway).file?.bytes, `\r\n--${boundary.slice(0, -1)}`);
  });
});

describe('the name of a file', () => {
  /** Every server can parse the name in the header of the part. */
  const safe = /^(?!\.*$)[^\p{Cc}/\\"%&;]+$/u;
  const x = (count: number, what = 'x') => what.repeat(count);
  test.each<[disposition: string, expected: string]>([
    ['; filename="a.txt"', 'a.txt'],
    ['; filename="say %22hi%22.txt"', 'say "hi".txt'],
    ["; filename*=UTF-8''na%C3%AFve%20%F0%9F%8E%89.txt", 'naïve 🎉.txt'],
    ['; filename="C:\\Users\\me\\report.pdf"', 'report.pdf'],
    ['; filename=".."', 'attachment'],
    [`; filename="${x(300, '🎉')}.png"`, `${x(251, '🎉')}.png`],
  ])('from %j', async (disposition, expected) => {
    const gateway = await startUploadGateway();
    const received = await expectIntact(gateway, 'bytes', { disposition });
    expect(received.file).toMatchObject({ fieldName: 'attachment', filename: expect.stringMatching(safe) });
    expect(received.fields.filter(([name]) => name === 'attachment_file_name')).toEqual([
      ['attachment_file_name', expected],
    ]);
  });

  test('that is not UTF-8 is rejected, since it would arrive changed', async () => {
    const gateway = await startUploadGateway();
    const latin1 = Buffer.from(
      upload('x', { disposition: '; filename="caf\u00e9.txt"' }).toString(),
      'latin1',
    );
    const answer = await sendForm(gateway.origin, latin1);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringMatching(/UTF-8/) }] },
    });
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each<[fileName: string]>([
    ['say "hi" \\ 🎉 100%.txt'],
    ['a/b\\c.txt'],
    ['a\r\nContent-Type: text/html\r\n\r\nb'],
    [x(255, '🎉')],
  ])('is the fileName that the caller sent: %j', async (fileName) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(
      gateway.origin,
      form(replyOperations({}, { fileName }), map(), file('bytes', { disposition: '; filename="own.bin"' })),
    );
    expect(result(answer)).toMatchObject(sent);
    const { file: received, fields } = onlyReceived(gateway);
    expect(fields.filter(([name]) => name === 'attachment_file_name')).toEqual([
      ['attachment_file_name', fileName],
    ]);
    expect(received?.filename).toMatch(safe);
    expect(received?.mimeType).toBe('text/plain');
    expectBytes(received?.bytes, 'bytes');
  });

  test.each(['', x(256)])('cannot be set to %.20j', async (fileName) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, form(replyOperations({}, { fileName }), map(), file()));
    expect(result(answer)).toMatchObject({
      __typename: 'InvalidReplyError',
      issues: [{ path: ['attachment', 'fileName'] }],
    });
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

describe('the media type of a file', () => {
  test.each<[type: string | null, expected: string]>([
    ['image/png', 'image/png'],
    ['text/csv; charset=utf-8; header=present', 'text/csv; charset=utf-8; header=present'],
    // A server might parse the file itself as parts.
    ['multipart/mixed; boundary=inner', 'application/octet-stream'],
    [null, 'application/octet-stream'],
  ])('is the declared one: %j', async (type, expected) => {
    const received = await expectIntact(await startUploadGateway(), '--inner\r\n\r\na\r\n--inner--\r\n', {
      type,
    });
    expect(received.file?.mimeType).toBe(expected);
  });

  test('cannot add a line to the header that Dashly receives', async () => {
    const gateway = await startUploadGateway();
    const { status } = await sendForm(gateway.origin, upload('x', { type: 'text/plain\rX-Own: 1' }));
    expect(status).toBe(400);
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

describe('with a file', () => {
  const input = {
    conversationId: '1',
    from: { adminId: '18446744073709551615' },
    type: 'NOTE',
    body: ' Line\r\none\nand "two" & three=3; 🎉 -- \u0000 \t',
    bodyJson: { blocks: [{ 'a.b': 'é"\\' }, null] },
    actions: [
      { quickReply: { body: 'Yes "sure"', metaData: { n: [1, 2.5] } } },
      { quickReply: { body: '--' } },
    ],
    autoAssign: { adminId: '7', randomId: -3 },
    externalId: 'ext\r\n--"1"',
    randomId: 42,
    referrer: 'https://example.com/?a=%22&b=🎉#c',
  };

  test('all other parameters arrive as without one', async () => {
    const gateway = await startUploadGateway();
    const plain = await post(gateway, mutation, { input });
    expect(plain.body.data.replyToConversation).toMatchObject(sent);
    const { conversationId, ...others } = input;
    expect(conversationId).toBe('1');
    const answer = await sendForm(gateway.origin, form(replyOperations(others), map(), file('x')));
    expect(result(answer)).toMatchObject(sent);
    const [without, beside] = gateway.sandbox?.received ?? [];
    expect(without?.fields.length).toBeGreaterThan(9);
    expect(beside?.fields).toEqual([...(without?.fields ?? []), ['attachment_file_name', 'a.txt']]);
    expect({ path: beside?.path, token: beside?.token, scheme: beside?.scheme }).toEqual({
      path: without?.path,
      token: 'sandbox',
      scheme: 'Token',
    });
    expect(beside?.contentType).toMatch(/^multipart\/form-data; boundary=/);
  });

  test('numbers keep all their digits in both directions', async () => {
    const gateway = await startUploadGateway();
    const number = '{"n":12345678901234567890.123456789,"e":1e400,"z":-0.10000000000000000000}';
    const answer = await sendForm(
      gateway.origin,
      form(
        operations(
          `{"input":{"conversationId":1,"bodyJson":${number},"attachment":{"file":null},
          "actions":[{"quickReply":{"body":"a","metaData":${number}}}]}}`,
        ),
        map(),
        file('x'),
      ),
    );
    expect(result(answer)).toMatchObject(sent);
    const fields = new Map(onlyReceived(gateway).fields);
    expect(fields.get('body_json')).toBe(number);
    expect(fields.get('actions')).toContain(number);
    expect(answer.text.split(number)).toHaveLength(3);
  });

  test('an id of 64 bits may be a number', async () => {
    const upstream = await startRawUpstream();
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    const body = form(
      operations('{"input":{"conversationId":18446744073709551615,"attachment":{"file":null}}}'),
      map(),
      file('x'),
    );
    expect(result(await sendForm(gateway.origin, body))).toMatchObject(sent);
    expect(upstream.requests[0]?.head).toMatch(/^POST \/conversations\/18446744073709551615\/reply HTTP/);
  });
});
