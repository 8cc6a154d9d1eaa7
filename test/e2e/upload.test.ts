/** A file goes from a multipart request to Dashly with nothing lost, and from a broken request nowhere at all. */

import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ReceivedReply } from '../../src/sandbox/sandbox-state.ts';
import {
  boundary,
  chunk,
  closing,
  type FileOptions,
  field,
  file,
  filePath,
  form,
  head,
  map,
  mutation,
  operations,
  part,
  replyOperations,
  selection,
  upload,
} from '../support/multipart-body.ts';
import { noise } from '../support/noise.ts';
import { type RawAnswer, RawClient, sendForm, sleep } from '../support/raw-client.ts';
import { post } from '../support/reply.ts';
import { endCommands, type StartedCommand, startCommand } from '../support/start-command.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { answerBytes, okBytesFor, startRawUpstream } from '../support/start-raw-upstream.ts';
import { startTcpUpstream } from '../support/start-upstream.ts';
import { until } from '../support/until.ts';
import { linksOf, watchSpool } from '../support/watch-spool.ts';

const MiB = 1024 * 1024;
const spool = watchSpool();

/** At the end of the test it must have left nothing behind, and have met nothing that it did not expect. */
async function startUploadGateway(
  environment: Record<string, string> = {},
  { mayLog = false } = {},
): Promise<TestGateway> {
  const gateway = await startGateway(environment);
  onTestFinished(async () => {
    await spool.becomesEmpty();
    if (!mayLog) expect(gateway.errors).toEqual([]);
  });
  return gateway;
}

function onlyReceived({ sandbox }: TestGateway): ReceivedReply {
  expect(sandbox?.received).toHaveLength(1);
  return sandbox?.received[0] ?? expect.unreachable();
}

const result = ({ body }: RawAnswer) => body.data.replyToConversation;
const sent = { __typename: 'ReplyToConversationPayload' };
/** What happens to a reply whose file this machine cannot keep. */
const failedInternally = { __typename: 'GatewayUnavailableError', delivery: 'NOT_DELIVERED' };

/**
 * Sends a request that is to send nothing to Dashly: with a document that is new, and again once `good` has made it known, when
 * other code answers. Both answers have to be the same.
 */
async function sendForNothing(
  gateway: TestGateway,
  body: Buffer,
  good: Buffer,
  headers: Record<string, string | null> = {},
): Promise<RawAnswer> {
  const answer = await sendForm(gateway.origin, body, headers);
  expect(gateway.sandbox?.received).toEqual([]);
  expect((await sendForm(gateway.origin, good, headers)).status).toBe(200);
  const sentByGood = gateway.sandbox?.received.length;
  const again = await sendForm(gateway.origin, body, headers);
  expect(gateway.sandbox?.received).toHaveLength(sentByGood ?? 0);
  expect({ status: again.status, body: again.body }).toEqual({ status: answer.status, body: answer.body });
  return answer;
}

/** Equal without the cost, and the output, of comparing byte by byte. */
function expectBytes(actual: Uint8Array | undefined, expected: string | Buffer): void {
  const bytes = Buffer.from(expected);
  expect(actual?.length).toBe(bytes.length);
  expect(bytes.equals(actual ?? Buffer.alloc(0))).toBe(true);
}

/** Sends one file and checks its bytes where they arrive, and where they are served. */
async function expectIntact(
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

/** A process that is stopped while a client that never goes away uploads. Begun first, since it takes its time to give up. */
let stubborn: { readonly command: StartedCommand; readonly began: number } | null = null;
/** A process whose client neither sends the rest of its file nor goes away. */
let silence: { readonly command: StartedCommand; readonly told: Promise<string> } | null = null;
beforeAll(async () => {
  const command = await startCommand({});
  const socket = connect(Number(new URL(command.origin).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(Buffer.concat([head(1_000_000), upload(noise(300_000)).subarray(0, 200_000)]));
  await until(() => expect(command.spool.files()).toHaveLength(1));
  command.child.kill('SIGTERM');
  stubborn = { command, began: performance.now() };

  const other = await startCommand({});
  const silent = connect(Number(new URL(other.origin).port), '127.0.0.1');
  silent.on('error', () => {});
  silent.write(Buffer.concat([head(1_000_000), upload(noise(300_000)).subarray(0, 200_000)]));
  await until(() => expect(other.spool.files()).toHaveLength(1));
  silence = { command: other, told: once(silent, 'data').then(String) };
});
afterAll(endCommands);

describe('the bytes of a file', () => {
  test.each([0, 1, 65_535, 65_536, 65_537, MiB])('arrive, and are served: %i of them', async (size) => {
    await expectIntact(await startUploadGateway(), noise(size));
  });

  test('arrive where they are exactly as many as the limit, which is 10 MiB', async () => {
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
    ['a line break', '\r\n'],
    ['many line breaks', '\r\n'.repeat(5_000)],
    ['what looks like boundaries', lookAlike],
    ['a lot of what looks like boundaries', lookAlike.repeat(2_000)],
    ['another form', upload('x').toString().replaceAll(boundary, 'another')],
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, index) => index))],
  ])('arrive where they are %s', async (_name, content) => {
    await expectIntact(await startUploadGateway(), content);
  });

  /** Chunks of HTTP reach the gateway as they were cut, which packets would not. */
  const inChunks = (body: Buffer, cuts: readonly number[]) => {
    const ends = [...cuts, body.length];
    const chunks = ends.map((end, index) => chunk(body.subarray(ends[index - 1] ?? 0, end)));
    return Buffer.concat([head('chunked'), ...chunks, Buffer.from('0\r\n\r\n')]);
  };

  test.each([1, 2, 7])('arrive where the body comes in chunks of %i bytes', async (size) => {
    const gateway = await startUploadGateway();
    const body = upload(lookAlike);
    const cuts = Array.from({ length: Math.ceil(body.length / size) - 1 }, (_, index) => (index + 1) * size);
    const client = new RawClient(gateway.origin);
    await client.write(inChunks(body, cuts));
    expect(result(await client.answer())).toMatchObject(sent);
    expectBytes(onlyReceived(gateway).file?.bytes, lookAlike);
  });

  test('arrive where each byte comes in a packet of its own', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const body = upload(`\r\n--${boundary.slice(0, -1)}`);
    await client.write(head(body.length));
    for (const byte of body) await client.write(Buffer.of(byte));
    expect(result(await client.answer())).toMatchObject(sent);
    expectBytes(onlyReceived(gateway).file?.bytes, `\r\n--${boundary.slice(0, -1)}`);
  });

  test('arrive wherever the body is cut in two, over and over on one connection', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const body = upload(lookAlike);
    const from = body.indexOf('name="map"') - 5;
    for (let cut = from; cut < body.length; cut++) {
      await client.write(inChunks(body, [cut]));
      expect(result(await client.answer()), `cut at ${cut}`).toMatchObject(sent);
      expectBytes(gateway.sandbox?.received.at(-1)?.file?.bytes, lookAlike);
    }
    expect(gateway.sandbox?.received).toHaveLength(body.length - from);
  });
});

describe('the name of a file', () => {
  /** The name in the header of the part is one that every server reads. */
  const safe = /^(?!\.*$)[^\p{Cc}/\\"%&;]+$/u;
  const x = (count: number, what = 'x') => what.repeat(count);
  test.each<[disposition: string, expected: string]>([
    ['; filename="a.txt"', 'a.txt'],
    ['; filename=a.txt', 'a.txt'],
    ['; filename="say %22hi%22.txt"', 'say "hi".txt'],
    ['; filename="say \\"hi\\".txt"', 'say "hi".txt'],
    ['; filename="a\\\\b.txt"', 'b.txt'],
    ['; filename="100%25 of 50%.txt"', '100%25 of 50%.txt'],
    ['; filename="a;b=c, \'d\'.txt"', "a;b=c, 'd'.txt"],
    ['; filename="🎉 отчёт 日本.txt"', '🎉 отчёт 日本.txt'],
    ['; filename="a\u2028b.txt"', 'a\u2028b.txt'],
    ['; filename="a%0D%0Ab%0d%0a.txt"', 'ab.txt'],
    ['; filename="a\u0000b\u0007c\u007fd\u0085.txt"', 'abcd.txt'],
    ['; filename="\ta\tb.txt"', 'ab.txt'],
    ["; filename*=UTF-8''na%C3%AFve%20%F0%9F%8E%89.txt", 'naïve 🎉.txt'],
    ["; filename*=utf-8'en'a%22b.txt", 'a"b.txt'],
    ['; filename="plain.txt"; filename*=UTF-8\'\'%E2%82%AC.txt', '€.txt'],
    ['; filename*=UTF-8\'\'%E2%82%AC.txt; filename="plain.txt"', '€.txt'],
    ['; filename="plain.txt"; filename*=UTF-8\'\'%FF.txt', 'plain.txt'],
    ['; filename="plain.txt"; filename*=ISO-8859-1\'\'%E9.txt', 'plain.txt'],
    ["; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", 'passwd'],
    ["; filename*=UTF-8''a%00b%0D%0A.txt", 'ab.txt'],
    ['; filename="C:\\Users\\me\\report.pdf"', 'report.pdf'],
    ['; filename="/etc/passwd"', 'passwd'],
    ['; filename="../../a/b.txt"', 'b.txt'],
    ['; filename="dir\\mixed/a.txt"', 'a.txt'],
    ['; filename="dir/"', 'attachment'],
    ['; filename=""', 'attachment'],
    ['; filename="   "', 'attachment'],
    ['; filename="\u0000\u0001"', 'attachment'],
    ['; filename="."', 'attachment'],
    ['; filename=".."', 'attachment'],
    ['; filename=".profile"', '.profile'],
    [`; filename="${x(251)}.txt"`, `${x(251)}.txt`],
    [`; filename="${x(300)}.txt"`, `${x(251)}.txt`],
    [`; filename="${x(300)}"`, x(255)],
    [`; filename="${x(300, '🎉')}.png"`, `${x(251, '🎉')}.png`],
    [`; filename="${x(300, '🎉')}"`, x(255, '🎉')],
    [`; filename="a.${x(300)}"`, `a.${x(253)}`],
    [`; filename*=UTF-8''${x(300, '%F0%9F%8E%89')}.png`, `${x(251, '🎉')}.png`],
  ])('from %j', async (disposition, expected) => {
    const gateway = await startUploadGateway();
    const received = await expectIntact(gateway, 'bytes', { disposition });
    expect(received.file).toMatchObject({ fieldName: 'attachment', filename: expect.stringMatching(safe) });
    expect(received.fields.filter(([name]) => name === 'attachment_file_name')).toEqual([
      ['attachment_file_name', expected],
    ]);
  });

  test('that is no UTF-8 is refused, since it would arrive as another one', async () => {
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
    ['chosen.txt'],
    ['say "hi" \\ 🎉 100%.txt'],
    ['a/b\\c.txt'],
    ['%22.txt'],
    ['x/'],
    ['a\\'],
    ['.'],
    ['\t'],
    ['a\r\nContent-Type: text/html\r\n\r\nb'],
    [x(255, '🎉')],
  ])('is the fileName that the caller chose: %j', async (fileName) => {
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

  test.each(['', x(256), x(256, '🎉'), 'a\ud800'])('cannot be chosen to be %.20j', async (fileName) => {
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
    ['IMAGE/SVG+XML', 'IMAGE/SVG+XML'],
    ['text/plain; name="a;b.txt"', 'text/plain; name="a;b.txt"'],
    ['nonsense', 'nonsense'],
    ['message/rfc822', 'message/rfc822'],
    // A server might parse the file itself as parts.
    ['multipart/mixed; boundary=inner', 'application/octet-stream'],
    [null, 'application/octet-stream'],
    ['', 'application/octet-stream'],
    ['   ', 'application/octet-stream'],
  ])('is what was declared: %j', async (type, expected) => {
    const received = await expectIntact(await startUploadGateway(), '--inner\r\n\r\na\r\n--inner--\r\n', {
      type,
    });
    expect(received.file?.mimeType).toBe(expected);
  });

  test('cannot bring a line of its own into the header that Dashly sees', async () => {
    const gateway = await startUploadGateway();
    const { status } = await sendForm(gateway.origin, upload('x', { type: 'text/plain\rX-Own: 1' }));
    expect(status).toBe(400);
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

describe('beside a file', () => {
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

  test('all other parameters arrive as they do without one', async () => {
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

  test('numbers keep all their digits, there and back', async () => {
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

  test('an id of 64 bits may be written as a number', async () => {
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

const twoReplies = `mutation ($a: Upload!, $b: Upload!) {
  first: replyToConversation(input: { conversationId: "1", body: "1", attachment: { file: $a } }) { ${selection} }
  second: replyToConversation(input: { conversationId: "1", body: "2", attachment: { file: $b } }) { ${selection} }
}`;
const twoOperations = operations({ a: null, b: null }, twoReplies);
const twoMap = map({ x: ['variables.a'], y: ['variables.b'] });

describe('a file and its place', () => {
  const seen = ({ sandbox }: TestGateway) =>
    sandbox?.received.map(({ fields, file: it }) => [
      new Map(fields).get('body'),
      Buffer.from(it?.bytes ?? []).toString(),
    ]);

  test('one file may be a variable of its own', async () => {
    const gateway = await startUploadGateway();
    const query = `mutation Send($file: Upload!, $id: ID!) {
      replyToConversation(input: { conversationId: $id, attachment: { file: $file } }) { ${selection} }
    }`;
    const body = form(
      operations({ file: null, id: '1' }, query),
      map({ 0: ['variables.file'] }),
      file('own'),
    );
    expect(result(await sendForm(gateway.origin, body))).toMatchObject(sent);
    expectBytes(onlyReceived(gateway).file?.bytes, 'own');
  });

  test('one file may go into two places', async () => {
    const gateway = await startUploadGateway();
    const content = noise(200_000);
    const body = form(twoOperations, map({ '0': ['variables.a', 'variables.b'] }), file(content));
    expect((await sendForm(gateway.origin, body)).body.data).toMatchObject({ first: sent, second: sent });
    expect(gateway.sandbox?.received).toHaveLength(2);
    for (const received of gateway.sandbox?.received ?? []) expectBytes(received.file?.bytes, content);
  });

  test.each<[order: string, first: string, second: string]>([
    ['in the order of the map', 'x', 'y'],
    ['in another order', 'y', 'x'],
  ])('two files may go into two places, %s', async (_order, first, second) => {
    const gateway = await startUploadGateway();
    const parts = [first, second].map((name) => file(`of ${name}`, { name }));
    const answer = await sendForm(gateway.origin, form(twoOperations, twoMap, ...parts));
    expect(answer.body.data).toMatchObject({ first: sent, second: sent });
    expect(seen(gateway)).toEqual([
      ['1', 'of x'],
      ['2', 'of y'],
    ]);
  });

  test('five files may come in one request, and not six', async () => {
    const gateway = await startUploadGateway();
    const request = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `f${index}`);
      const replies = names.map(
        (name) =>
          `${name}: replyToConversation(input: { conversationId: "1", attachment: { file: $${name} } }) { __typename }`,
      );
      const query = `mutation (${names.map((name) => `$${name}: Upload!`).join(', ')}) { ${replies.join(' ')} }`;
      return form(
        operations(Object.fromEntries(names.map((name) => [name, null])), query),
        map(Object.fromEntries(names.map((name) => [name, [`variables.${name}`]]))),
        ...names.map((name) => file(name, { name })),
      );
    };
    const five = await sendForm(gateway.origin, request(5));
    expect(Object.values(five.body.data)).toEqual(Array(5).fill(sent));
    expect(seen(gateway)?.map(([, bytes]) => bytes)).toEqual(['f0', 'f1', 'f2', 'f3', 'f4']);
    const six = await sendForm(gateway.origin, request(6));
    expect(six).toMatchObject({
      status: 413,
      body: { errors: [{ message: 'A request may have at most 5 files.' }] },
    });
    expect(gateway.sandbox?.received).toHaveLength(5);
  });

  test('many requests on one connection each have their own', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    for (let index = 0; index < 20; index++) {
      const body = upload(`file ${index}`);
      await client.write(head(body.length), body);
      expect(result(await client.answer())).toMatchObject(sent);
    }
    expect(seen(gateway)?.map(([, bytes]) => bytes)).toEqual(
      Array.from({ length: 20 }, (_, index) => `file ${index}`),
    );
  });

  test('what is still written of a request that has ended gets into no other file', async () => {
    const gateway = await startUploadGateway();
    const strange = Buffer.alloc(3 * MiB, 'STRANGE!');
    const refused = form(replyOperations({ conversationId: '0' }), map(), file(strange));
    const own = noise(600_000);
    for (let round = 0; round < 4; round++) {
      await Promise.all(
        Array.from({ length: 16 }, async (_, index) => {
          const answer = await sendForm(gateway.origin, index % 2 ? refused : upload(own));
          expect(result(answer).__typename).toBe(index % 2 ? 'InvalidReplyError' : sent.__typename);
        }),
      );
    }
    expect(gateway.sandbox?.received).toHaveLength(32);
    for (const received of gateway.sandbox?.received ?? []) expectBytes(received.file?.bytes, own);
  });

  test('requests that come at once on one connection are answered in their order', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const bodies = ['first', 'second', 'third'].map((content) => upload(content));
    await client.write(...bodies.flatMap((body) => [head(body.length), body]));
    const ids = [];
    for (const _body of bodies) ids.push(result(await client.answer()).part.id);
    const byId = new Map(gateway.sandbox?.received.map((it) => [it.partId, it.file?.bytes]));
    expect(ids.map((id) => Buffer.from(byId.get(id) ?? []).toString())).toEqual(['first', 'second', 'third']);
  });

  test('a client may ask whether to go on before it sends the body', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const body = upload(noise(100_000));
    await client.write(head(body.length, { expect: '100-continue' }));
    await until(() => expect(client.rest).toBe('HTTP/1.1 100 Continue\r\n\r\n'));
    await client.write(body);
    expect(result(await client.answer())).toMatchObject(sent);
  });

  test('a request need not have a file', async () => {
    const gateway = await startUploadGateway();
    const body = form(operations({ input: { conversationId: '1', body: 'Hi' } }), map({}));
    expect(result(await sendForm(gateway.origin, body))).toMatchObject(sent);
    expect(onlyReceived(gateway).contentType).toBe('application/x-www-form-urlencoded');
  });
});

describe('what goes to Dashly', () => {
  test.each([0, 1, 70_000, 3 * MiB])('has an exact length: %i bytes of file', async (size) => {
    const upstream = await startRawUpstream();
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    expect(result(await sendForm(gateway.origin, upload(noise(size))))).toMatchObject(sent);
    const [request] = upstream.requests;
    expect(request?.head).not.toMatch(/^transfer-encoding/im);
    expect(request?.head).not.toMatch(/^expect/im);
    const length = Number(/^content-length: (\d+)$/im.exec(request?.head ?? '')?.[1]);
    const own = /^content-type: multipart\/form-data; boundary=(\S+)$/im.exec(request?.head ?? '')?.[1];
    expect(own).toMatch(/./);
    const text = request?.body.toString('latin1') ?? '';
    // The upstream takes so many bytes as were announced: they have to be all there are, and the last of them the end.
    expect(text).toHaveLength(length);
    expect(text.endsWith(`\r\n--${own}--\r\n`)).toBe(true);
    expect(text.split(`--${own}`)).toHaveLength(7);
    await sleep(30);
    expect(upstream.bytes()).toBe((request?.head.length ?? 0) + 4 + length);
    expect(upstream.requests).toHaveLength(1);
  });

  const body = upload(noise(150_000));
  test.each<[name: string, held: number]>([
    ['the line break after the closing boundary', 2],
    ['the last byte', 1],
    ['the end of the closing boundary', 4],
    ['the closing boundary', closing.length],
    ['the closing boundary with its line break', closing.length + 2],
    ['the last bytes of the file', closing.length + 10],
    ['all but the first bytes of the file', closing.length + 149_000],
  ])('goes when all is here, and nothing of it before: %s held back', async (_name, held) => {
    const upstream = await startRawUpstream();
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    const client = new RawClient(gateway.origin);
    await client.write(head(body.length), body.subarray(0, -held));
    await until(() => expect(spool.files()).toHaveLength(1));
    expect(spool.open()).toHaveLength(1);
    await client.expectIdle();
    expect(upstream.connections()).toBe(0);
    await client.write(body.subarray(-held));
    expect(result(await client.answer())).toMatchObject(sent);
    expect(upstream.requests).toHaveLength(1);
  });

  const cuts = [0, 1, 30, 100, 200, 400];
  const parts = ['name="operations"', 'name="map"', 'name="0"', closing.toString()].map((text) =>
    body.indexOf(text),
  );
  const around = parts.flatMap((at) => [at - 18, at - 2, at, at + 25]);
  const late = [body.length - 60_000, body.length - 40, body.length - 3, body.length - 2, body.length - 1];
  test.each([...new Set([...cuts, ...around, ...late])].filter((cut) => cut < body.length))(
    'is nothing where the client goes away after %i bytes of 150,000',
    async (bytes) => {
      const upstream = await startRawUpstream();
      const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
      for (const way of ['goAway', 'reset', 'end'] as const) {
        const client = new RawClient(gateway.origin);
        await client.write(head(body.length), body.subarray(0, bytes));
        await sleep(15);
        client[way]();
        await client.closed();
      }
      await spool.becomesEmpty();
      expect(upstream.connections()).toBe(0);
      // Nothing of them is in the way of the next one.
      expect(result(await sendForm(gateway.origin, upload('next')))).toMatchObject(sent);
      expect(upstream.requests).toHaveLength(1);
    },
  );

  test.each([
    ['before the first part', 0],
    ['after the map', upload().indexOf(`--${boundary}\r\nContent-Disposition: form-data; name="0"`)],
    ['after the boundary of the file', upload().indexOf('\r\nContent-Disposition: form-data; name="0"') + 2],
    ['in the header of the file', upload().indexOf('; name="0"')],
    ['in the file', upload().indexOf('bytes') + 2],
  ] as const)('is still sent after many clients went away %s', async (_name, bytes) => {
    const gateway = await startUploadGateway();
    for (let round = 0; round < 3; round++) {
      const clients = Array.from({ length: 30 }, () => new RawClient(gateway.origin));
      await Promise.all(clients.map((client) => client.write(head(10_000), upload().subarray(0, bytes))));
      await sleep(60);
      for (const client of clients) client.goAway();
      await Promise.all(clients.map((client) => client.closed()));
      await sleep(30);
    }
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject(sent);
  });

  test('goes once and whole where the client goes away after its last byte', async () => {
    const upstream = await startRawUpstream({
      answer: (socket, request) => void setTimeout(() => socket.write(okBytesFor(request)), 150),
      onHead: (socket) => {
        socket.pause();
        setTimeout(() => socket.resume(), 150);
      },
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    const content = noise(6 * MiB);
    const whole = upload(content);
    const client = new RawClient(gateway.origin);
    await client.write(head(whole.length), whole);
    await until(() => expect(upstream.connections()).toBe(1));
    client.reset();
    await until(() => expect(upstream.requests).toHaveLength(1));
    expect(upstream.requests[0]?.body.includes(content)).toBe(true);
    await spool.becomesEmpty();
    expect(upstream.connections()).toBe(1);
  });
});

describe('an answer that needs no file', () => {
  const invalid = replyOperations({ conversationId: '0' });
  const fileHead = `--${boundary}\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\n`;
  test.each<[name: string, come: string]>([
    ['right after the boundary that ends the map', `--${boundary}`],
    ['before the header of the file', `--${boundary}\r\n`],
    ['in the header of the file', fileHead.slice(0, -8)],
    ['before the content of the file', fileHead],
    ['in the content of the file', `${fileHead}${'x'.repeat(100_000)}`],
  ])('comes while the file is held back: %s', async (_name, come) => {
    const gateway = await startUploadGateway();
    const rest = form(`${fileHead}${'x'.repeat(100_000)}\r\n`).subarray(come.length);
    const before = Buffer.concat([invalid, map(), Buffer.from(come)]);
    const client = new RawClient(gateway.origin);
    await client.write(head(before.length + rest.length), before);
    expect(result(await client.answer())).toMatchObject({
      __typename: 'InvalidReplyError',
      delivery: 'NOT_DELIVERED',
      issues: [{ path: ['conversationId'] }],
    });
    expect(client.isClosed).toBe(false);
    await client.write(rest);
    await client.expectUsableOrClosed();
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each<[name: string, headers: Record<string, string | null>, body: Buffer, says: object]>([
    ['an unknown field', {}, operations({}, 'mutation { nope }'), { errors: [{ message: /nope/ }] }],
    [
      'a query alone',
      {},
      operations({}, '{ replyLimits { attachmentMaxBytes } }'),
      { data: { replyLimits: { attachmentMaxBytes: 10 * MiB } } },
    ],
    [
      'a variable of another type',
      {},
      operations({ input: { conversationId: '1', body: 5, attachment: { file: null } } }),
      { errors: [{ message: /body/ }] },
    ],
  ])('comes while the file is held back: %s', async (_name, headers, first, says) => {
    const gateway = await startUploadGateway();
    const hasFile = first.includes('"file":null');
    const before = Buffer.concat([
      first,
      map(hasFile ? undefined : {}),
      Buffer.from(`--${boundary}${hasFile ? fileHead.slice(18) : ''}`),
    ]);
    const client = new RawClient(gateway.origin);
    await client.write(head(before.length + 100, headers), before);
    const { body } = await client.answer();
    const { errors, data } = says as { errors?: { message: RegExp }[]; data?: object };
    if (data) expect(body.data).toMatchObject(data);
    if (errors) expect(body.errors[0].message).toMatch(errors[0]?.message ?? '');
    client.goAway();
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

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

  test('is 10 MiB, and one byte more is refused', async () => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, upload(noise(10 * MiB + 1)));
    expect(result(answer)).toMatchObject({ __typename: 'AttachmentTooBigError', maxBytes: 10 * MiB });
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each(['content-length', 'chunked'])(
    'is known to be exceeded before the rest has come: by %s',
    async (way) => {
      const gateway = await startUploadGateway({ UPLOAD_MAX_BYTES: '100000' });
      const client = new RawClient(gateway.origin);
      // Without the end of the file: the last bytes may always be the beginning of a boundary.
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

  test('counts for each file by itself', async () => {
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
  ])('is kept by %s', async (_name, body) => {
    const gateway = await startUploadGateway();
    expect(result(await sendForm(gateway.origin, body))).toMatchObject(sent);
    expectBytes(onlyReceived(gateway).file?.bytes, 'bytes');
  });

  const tinyFields = Array.from({ length: 800 }, (_, index) => field(`f${index}`, 'x'));
  test.each<[name: string, body: Buffer, status: number, says: RegExp]>([
    ['operations of a byte more', longOperations(MiB + 1), 413, /larger than 1048576 bytes/],
    ['operations of 5 MiB', longOperations(5 * MiB), 413, /larger than 1048576 bytes/],
    ['a map of a byte more', longMap(MiB + 1), 413, /larger than 1048576 bytes/],
    [
      'a header of a byte more for operations',
      longHeader('operations', 8_193),
      413,
      /longer than 8192 bytes/,
    ],
    ['a header of a byte more for the map', longHeader('map', 8_193), 413, /longer than 8192 bytes/],
    ['a header of a byte more for the file', longHeader('0', 8_193), 413, /longer than 8192 bytes/],
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
    ['an endless end', Buffer.concat([upload(), Buffer.alloc(60 * MiB)]), 413, /too large/],
  ])('is told of: %s', async (_name, body, status, says) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, body);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors[0].message).toMatch(says);
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each<[name: string, body: Buffer, says: RegExp]>([
    ['operations', longOperations(MiB + 2_000), /larger than 1048576 bytes/],
    ['a map', longMap(MiB + 2_000), /larger than 1048576 bytes/],
    ['a header of operations', longHeader('operations', 9_000), /longer than 8192 bytes/],
    ['a header of the map', longHeader('map', 9_000), /longer than 8192 bytes/],
    ['a header of the file', longHeader('0', 9_000), /longer than 8192 bytes/],
  ])('is told of before the rest has come: %s', async (name, body, says) => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    const end = name.endsWith('file') ? 80 : name.endsWith('map') ? 300 : 500;
    await client.write(head(body.length), body.subarray(0, -end));
    const { status, body: told } = await client.answer();
    expect(status).toBe(413);
    expect(told.errors[0].message).toMatch(says);
    await client.write(body.subarray(-end));
    await client.expectUsableOrClosed();
  });

  test('holds for uploads at once: the 65th has to come again, and may when another one is done', async () => {
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
    // What is no upload is none of its business.
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

describe('a malformed request', () => {
  const ops = replyOperations();
  const mapped = map();
  const text = upload().toString();
  const withText = (change: (whole: string) => string) => Buffer.from(change(text));
  const withVariables = (variables: object | string, path: string) =>
    form(operations(variables), map({ 0: [path] }), file());
  const withMap = (entries: unknown) => form(ops, map(entries), file());
  const withOperations = (content: string | Buffer) => form(field('operations', content), mapped, file());
  const withPath = (path: unknown) => withMap({ 0: [path] });
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}null${'}'.repeat(levels)}`;

  const noNull = /does not point to a null/;
  const outside = /is not in the variables/;
  const order = /"operations" is missing or out of order/;
  const isJson = /operations.* JSON|JSON.*operations/;
  test.each<[name: string, body: Buffer, status: number, says: RegExp]>([
    // What has to be there
    ['nothing', Buffer.alloc(0), 400, /ends before its closing boundary/],
    ['no part', closing, 400, /"operations"|"map"/],
    ['no operations', form(mapped, file()), 400, order],
    ['neither operations nor map', form(file()), 400, order],
    ['no map', form(ops), 400, /no field "map"/],
    ['no map before the file', form(ops, file()), 400, /"map" is missing or out of order/],
    ['the map before operations', form(mapped, ops, file()), 400, order],
    ['the file before operations', form(file(), ops, mapped), 400, order],
    ['the file before the map', form(ops, file(), mapped), 400, /"map" is missing/],
    ['operations twice', form(ops, ops, mapped, file()), 400, /"map" is missing/],
    ['the map twice', form(ops, mapped, mapped, file()), 400, /"map" is not in the map/],
    [
      'operations after the map as well',
      form(ops, mapped, ops, file()),
      400,
      /"operations" is not in the map/,
    ],
    [
      'operations of another name',
      withText((it) => it.replace('name="operations"', 'name="Operations"')),
      400,
      order,
    ],
    // Operations
    ['operations: nothing', withOperations(''), 400, isJson],
    ['operations: half of an object', withOperations('{"query":'), 400, isJson],
    ['operations: no JSON', withOperations('query=a'), 400, isJson],
    ['operations: two byte order marks', withOperations('\ufeff\ufeff{}'), 400, isJson],
    ['operations: no UTF-8', withOperations(Buffer.from([0xff, 0xfe, 0x7b])), 400, /UTF-8/],
    ['operations: null', withOperations('null'), 400, /operations.*object/],
    ['operations: a text', withOperations('"{ __typename }"'), 400, /operations.*object/],
    ['operations: a number', withOperations('5'), 400, /operations.*object/],
    ['operations: true', withOperations('true'), 400, /operations.*object/],
    ['operations: an empty list', withOperations('[]'), 400, /[Bb]atching/],
    [
      'operations: a batch',
      withOperations(JSON.stringify([{ query: mutation, variables: { file: null } }])),
      400,
      /[Bb]atching/,
    ],
    ['operations: deep nesting', withOperations('['.repeat(400_000)), 400, isJson],
    ['variables: a list', form(operations('[null]'), map({ 0: ['variables.0'] }), file()), 400, /variables/i],
    ['variables: a text', form(operations('"a"'), mapped, file()), 400, noNull],
    ['variables: null', form(operations('null'), mapped, file()), 400, noNull],
    [
      'a query that is a number',
      form(field('operations', '{"query":5,"variables":{"a":null}}'), map({ 0: ['variables.a'] }), file()),
      400,
      /query/,
    ],
    // The map
    ['map: nothing', withMap(''), 400, /"map" must be a JSON object/],
    ['map: no JSON', withMap('{'), 400, /"map" must be a JSON object/],
    ['map: null', withMap('null'), 400, /"map" must be a JSON object/],
    ['map: a list', withMap([[filePath]]), 400, /"map" must be a JSON object/],
    ['map: a text', withMap(JSON.stringify(filePath)), 400, /"map" must be a JSON object/],
    ['map: a number', withMap('0'), 400, /"map" must be a JSON object/],
    ['map: deep nesting', withMap('{"0":'.repeat(100_000)), 400, /"map" must be a JSON object/],
    ['an entry: a text', withMap({ 0: filePath }), 400, /entry "0" .*list/],
    ['an entry: null', withMap({ 0: null }), 400, /entry "0" .*list/],
    ['an entry: an object', withMap({ 0: { 0: filePath } }), 400, /entry "0" .*list/],
    ['an entry: no path', withMap({ 0: [] }), 400, /entry "0" .*list/],
    ['an entry: 11 paths', withMap({ 0: Array(11).fill(filePath) }), 400, /1 to 10 paths/],
    ['an entry: a million paths', withMap({ 0: Array(40_000).fill(filePath) }), 413, /larger/],
    // Paths
    ['a path: null', withPath(null), 400, /must be a string/],
    ['a path: a number', withPath(0), 400, /must be a string/],
    ['a path: a list', withPath([filePath]), 400, /must be a string/],
    ['a path: nothing', withPath(''), 400, outside],
    ['a path: the variables', withPath('variables'), 400, outside],
    ['a path: the query', withPath('query'), 400, outside],
    ['a path: the extensions', withPath('extensions.file'), 400, outside],
    ['a path: of a batch', withPath(`0.${filePath}`), 400, outside],
    ['a path: to a missing key', withPath('variables.input.attachment.other'), 400, noNull],
    ['a path: to a missing object', withPath('variables.other.file'), 400, noNull],
    ['a path: through null', withPath(`${filePath}.deeper`), 400, noNull],
    ['a path: to a text', withPath('variables.input.conversationId'), 400, noNull],
    ['a path: to an object', withPath('variables.input.attachment'), 400, noNull],
    ['a path: into a text', withPath('variables.input.conversationId.length'), 400, noNull],
    ['a path: __proto__', withPath('variables.__proto__'), 400, noNull],
    ['a path: through __proto__', withPath('variables.__proto__.polluted'), 400, noNull],
    ['a path: constructor', withPath('variables.constructor'), 400, noNull],
    ['a path: constructor.prototype', withPath('variables.constructor.prototype.polluted'), 400, noNull],
    ['a path: __proto__ at the top', withPath('__proto__.polluted'), 400, outside],
    ['a path: deep', withVariables(deep(500), `variables${'.a'.repeat(500)}`), 400, /at most 200 characters/],
    ['a path: of great length', withPath(`variables.${'a'.repeat(500_000)}`), 400, /at most 200 characters/],
    ['a path: twice for a file', withMap({ 0: [filePath, filePath] }), 400, /twice/],
    [
      'a path: for two files',
      form(ops, map({ 0: [filePath], 1: [filePath] }), file(), file('', { name: '1' })),
      400,
      /twice/,
    ],
    // Parts for the map
    ['a mapped file that does not come', form(ops, mapped), 400, /file "0" .*is missing/],
    [
      'a mapped file that does not come, of two',
      form(ops, map({ 0: [filePath], 1: ['variables.input'] }), file()),
      400,
      /./,
    ],
    ['a text where a file is mapped', form(ops, mapped, field('0', 'bytes')), 400, /"0" is text/],
    [
      'a part that is not mapped',
      form(ops, mapped, file('x', { name: '1' }), file()),
      400,
      /"1" is not in the map/,
    ],
    [
      'a part that is not mapped, after the file',
      form(ops, mapped, file(), file('x', { name: '1' })),
      400,
      /"1" is not in the map/,
    ],
    [
      'a field after the file',
      form(ops, mapped, file(), field('more', 'x')),
      400,
      /"more" is not in the map/,
    ],
    [
      'a part named __proto__',
      form(ops, mapped, file('x', { name: '__proto__' })),
      400,
      /"__proto__" is not in the map/,
    ],
    [
      'a part named constructor',
      form(ops, mapped, file('x', { name: 'constructor' })),
      400,
      /"constructor" is not in the map/,
    ],
    ['two parts of one name', form(ops, mapped, file(), file()), 400, /two parts with the name "0"/],
    [
      'two parts of one name, the second large',
      form(ops, mapped, file(), file(noise(2 * MiB))),
      400,
      /two parts with the name "0"/,
    ],
    [
      'two parts of one name, both large',
      form(ops, mapped, file(noise(2 * MiB)), file(noise(2 * MiB))),
      400,
      /two parts with the name "0"/,
    ],
    ['two parts of one name, the second a text', form(ops, mapped, file(), field('0', 'x')), 400, /"0"/],
    // Framing
    ['no closing boundary', Buffer.concat([ops, mapped, file()]), 400, /ends before its closing boundary/],
    [
      'no closing boundary, in the file',
      withText((it) => it.slice(0, it.indexOf('bytes') + 3)),
      400,
      /ends before its closing boundary/,
    ],
    [
      'no closing boundary, in a large file',
      Buffer.concat([ops, mapped, file(noise(2 * MiB)).subarray(0, -2)]),
      400,
      /ends before its closing boundary/,
    ],
    [
      'no closing boundary, in the header of the file',
      withText((it) => it.slice(0, it.indexOf('; filename'))),
      400,
      /ends before its closing boundary/,
    ],
    [
      'no closing boundary, after the map',
      Buffer.concat([ops, mapped]),
      400,
      /ends before its closing boundary/,
    ],
    [
      'no closing boundary, after the boundary of the file',
      Buffer.concat([ops, mapped, Buffer.from(`--${boundary}\r\n`)]),
      400,
      /ends before its closing boundary/,
    ],
    ['no closing boundary, in operations', ops.subarray(0, -20), 400, /ends before its closing boundary/],
    [
      'no dashes at the end',
      Buffer.concat([ops, mapped, file(), Buffer.from(`--${boundary}\r\n`)]),
      400,
      /ends before its closing boundary/,
    ],
    [
      'another boundary',
      withText((it) => it.replaceAll(boundary, 'another')),
      400,
      /ends before its closing boundary/,
    ],
    [
      'another boundary at the end',
      withText((it) => it.replace(`--${boundary}--`, '--another--')),
      400,
      /ends before its closing boundary/,
    ],
    [
      'more than 8 KiB before the first boundary',
      withText((it) => `${' '.repeat(8_193)}\r\n${it}`),
      400,
      /first 8192 bytes .* do not contain the boundary/,
    ],
    [
      'garbage after the first boundary',
      withText((it) => it.replace(boundary, `${boundary}x`)),
      400,
      /followed by neither/,
    ],
    [
      'garbage after the boundary of the map',
      Buffer.concat([ops, Buffer.from(`--${boundary}x\r\n`), mapped, closing]),
      400,
      /followed by neither/,
    ],
    [
      'garbage after the boundary of the file',
      Buffer.concat([ops, mapped, Buffer.from(`--${boundary}x\r\n\r\n`), closing]),
      400,
      /followed by neither/,
    ],
    [
      'garbage after the closing boundary without its dashes',
      withText((it) => it.replace(`${boundary}--`, `${boundary}-x`)),
      400,
      /followed by neither/,
    ],
    ['line feeds alone', withText((it) => it.replaceAll('\r\n', '\n')), 400, /followed by neither/],
    [
      'line feeds alone in the part of the file',
      form(ops, mapped, Buffer.from(file().toString().replaceAll('\r\n', '\n'))),
      400,
      /followed by neither/,
    ],
    [
      'a header without a colon',
      form(ops, mapped, part('Content-Disposition form-data; name="0"')),
      400,
      /header of a part is malformed/,
    ],
    [
      'a header without a colon beside a good one',
      withText((it) => it.replace('Content-Type: ', 'Content-Type ')),
      400,
      /header of a part is malformed/,
    ],
    [
      'a folded header',
      withText((it) => it.replace('; filename', ';\r\n filename')),
      400,
      /header of a part is malformed/,
    ],
    [
      'a header twice',
      withText((it) => it.replace('Content-Type:', 'Content-Type: a/b\r\ncontent-type:')),
      400,
      /header of a part is malformed/,
    ],
    [
      'a disposition twice',
      form(
        ops,
        mapped,
        part('Content-Disposition: form-data; name="0"\r\nContent-Disposition: form-data; name="1"'),
      ),
      400,
      /header of a part is malformed/,
    ],
    [
      'a file in base64',
      withText((it) => it.replace('Content-Type:', 'Content-Transfer-Encoding: base64\r\nContent-Type:')),
      400,
      /Content-Transfer-Encoding .* is "base64"/,
    ],
    ['a file without a name', withText((it) => it.replace('; name="0"', '')), 400, /no name/],
    [
      'a part without a disposition',
      form(ops, mapped, part('Content-Type: text/plain', 'x')),
      400,
      /no name/,
    ],
    ['a part without a header', form(ops, mapped, part('')), 400, /header of a part is malformed/],
    ['operations without a name', form(part('Content-Disposition: form-data', '{}')), 400, /no name/],
    ['a file name that does not end', withText((it) => it.replace('"a.txt"', '"a.txt')), 400, /no name/],
  ])('is told what is wrong, and sends nothing: %s', async (_name, body, status, says) => {
    const gateway = await startUploadGateway();
    const answer = await sendForNothing(gateway, body, upload());
    expect({
      status: answer.status,
      message: answer.body?.errors?.[0]?.message,
      data: answer.body?.data ?? null,
    }).toEqual({
      status,
      message: expect.stringMatching(says),
      data: null,
    });
    expect(answer.text.length).toBeLessThan(2_000);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each<[name: string, body: Buffer]>([
    [
      'a file for a variable that is not declared',
      form(
        operations({ input: { conversationId: '1', body: 'Hi' }, extra: null }),
        map({ 0: ['variables.extra'] }),
        file(),
      ),
    ],
    [
      'a file for a variable named __proto__',
      form(
        operations('{"input":{"conversationId":"1","body":"Hi"},"__proto__":null}'),
        map({ 0: ['variables.__proto__'] }),
        file(),
      ),
    ],
    [
      'a file in bodyJson',
      withVariables(
        { input: { conversationId: '1', body: 'Hi', bodyJson: { a: null } } },
        'variables.input.bodyJson.a',
      ),
    ],
    [
      'a file deep in bodyJson',
      withVariables(
        { input: { conversationId: '1', body: 'Hi', bodyJson: { a: [{ b: null }] } } },
        'variables.input.bodyJson.a.0.b',
      ),
    ],
    [
      'a file as bodyJson',
      withVariables(
        { input: { conversationId: '1', body: 'Hi', bodyJson: null } },
        'variables.input.bodyJson',
      ),
    ],
    [
      'a file in metaData',
      withVariables(
        {
          input: {
            conversationId: '1',
            body: 'Hi',
            actions: [{ quickReply: { body: 'a', metaData: { a: null } } }],
          },
        },
        'variables.input.actions.0.quickReply.metaData.a',
      ),
    ],
    [
      'a file as metaData',
      withVariables(
        {
          input: {
            conversationId: '1',
            body: 'Hi',
            actions: [{ quickReply: { body: 'a', metaData: null } }],
          },
        },
        'variables.input.actions.0.quickReply.metaData',
      ),
    ],
    [
      'a file as the body',
      withVariables({ input: { conversationId: '1', body: null } }, 'variables.input.body'),
    ],
    [
      'a file as the id',
      withVariables({ input: { conversationId: null } }, 'variables.input.conversationId'),
    ],
    [
      'a file as the type',
      withVariables({ input: { conversationId: '1', body: 'Hi', type: null } }, 'variables.input.type'),
    ],
    [
      'a file as a number',
      withVariables(
        { input: { conversationId: '1', body: 'Hi', randomId: null } },
        'variables.input.randomId',
      ),
    ],
    [
      'a file as the sender',
      withVariables({ input: { conversationId: '1', body: 'Hi', from: null } }, 'variables.input.from'),
    ],
    [
      'a file as the attachment',
      withVariables(
        { input: { conversationId: '1', body: 'Hi', attachment: null } },
        'variables.input.attachment',
      ),
    ],
    [
      'a file as an action',
      withVariables(
        { input: { conversationId: '1', body: 'Hi', actions: [null] } },
        'variables.input.actions.0',
      ),
    ],
    [
      'a file as the actions',
      withVariables({ input: { conversationId: '1', body: 'Hi', actions: null } }, 'variables.input.actions'),
    ],
    ['a file as the input', withVariables({ input: null }, 'variables.input')],
    [
      'a file as its own name',
      withVariables(
        { input: { conversationId: '1', attachment: { file: null, fileName: null } } },
        'variables.input.attachment.fileName',
      ),
    ],
  ])('is told of a file that would get lost, and sends nothing: %s', async (_name, body) => {
    const gateway = await startUploadGateway();
    const accept = 'application/graphql-response+json';
    const answer = await sendForNothing(gateway, body, upload(), { accept });
    expect({ status: answer.status, data: answer.body.data ?? null }).toEqual({ status: 400, data: null });
    expect(answer.body.errors.length).toBeGreaterThan(0);
    expect(answer.text.length).toBeLessThan(2_000);
  });

  test('is told of a file that is put into JSON by the document, and sends nothing', async () => {
    const gateway = await startUploadGateway();
    const query = `mutation ($file: Upload!) {
      replyToConversation(input: { conversationId: "1", body: "Hi", bodyJson: { a: [$file] } }) { __typename }
    }`;
    const body = form(operations({ file: null }, query), map({ 0: ['variables.file'] }), file());
    const answer = await sendForm(gateway.origin, body);
    expect(gateway.sandbox?.received).toEqual([]);
    expect(answer.body.data ?? null).toBeNull();
    expect(answer.body.errors.length).toBeGreaterThan(0);
  });

  test('is told of a file in the place of a text without a word of how the gateway keeps it', async () => {
    const gateway = await startUploadGateway();
    const body = withVariables({ input: { conversationId: '1', body: null } }, 'variables.input.body');
    expect((await sendForm(gateway.origin, body)).text).not.toMatch(/arrival|isUsed/);
  });

  test('may have an empty operationName in its operations', async () => {
    const gateway = await startUploadGateway();
    const content = JSON.stringify({ query: 'query One { __typename }', operationName: '' });
    const answer = await sendForm(gateway.origin, form(field('operations', content), map({})));
    expect(answer.body).toEqual({ data: { __typename: 'Query' } });
  });

  test('is told of a file with a name of great length in few words', async () => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, form(ops, map({ ['n'.repeat(500_000)]: [filePath] })));
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(2_000);
  });

  test.each<[name: string, content: object]>([
    ['no query', {}],
    ['a query of null', { query: null }],
    ['a query that is no GraphQL', { query: 'mutation {' }],
    ['a query of a list', { query: [mutation] }],
    ['variables of a number', { query: '{ __typename }', variables: 5 }],
    ['an operationName that is not there', { query: mutation, operationName: 'Nope' }],
    [
      'prototype names',
      JSON.parse(
        '{"query":"{ nope }","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      ),
    ],
  ])('is answered as JSON with the same fault would be: %s', async (_name, content) => {
    const gateway = await startUploadGateway();
    const multipart = await sendForm(
      gateway.origin,
      form(field('operations', JSON.stringify(content)), map({})),
    );
    const json = await fetch(gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: 'Token sandbox',
      },
      body: JSON.stringify(content),
    });
    expect(multipart.body.errors).toHaveLength(1);
    expect(multipart.body).toEqual(await json.json());
    expect(multipart.status).toBe(json.status);
    expect(multipart.status).toBeLessThan(500);
    expect(gateway.sandbox?.received).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  const type = (value: string | null) => ({ 'content-type': value });
  test.each<[name: string, headers: Record<string, string | null>, status: number, says: RegExp]>([
    ['no boundary', type('multipart/form-data'), 400, /no valid boundary/],
    ['an empty boundary', type('multipart/form-data; boundary='), 400, /no valid boundary/],
    [
      'a boundary of 71 characters',
      type(`multipart/form-data; boundary=${'b'.repeat(71)}`),
      400,
      /no valid boundary/,
    ],
    ['another boundary', type('multipart/form-data; boundary=other'), 400, /do not contain the boundary/],
    ['another kind of multipart', type(`multipart/mixed; boundary=${boundary}`), 415, /multipart\/form-data/],
    ['a longer name', type(`multipart/form-datax; boundary=${boundary}`), 415, /multipart\/form-data/],
    ['no type', type(null), 415, /multipart\/form-data/],
    ['compression', { 'content-encoding': 'gzip' }, 415, /compressed/],
  ])('is told what is wrong with its headers: %s', async (_name, headers, status, says) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, upload(noise(100_000)), headers);
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].message).toMatch(says);
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each<[name: string, contentType: string]>([
    ['in quotes', `multipart/form-data; boundary="${boundary}"`],
    ['in capitals', `MULTIPART/FORM-DATA; BOUNDARY=${boundary}`],
    ['before another parameter', `multipart/form-data; boundary=${boundary}; charset=utf-8`],
    ['after another parameter', `multipart/form-data; charset=utf-8; boundary=${boundary}`],
  ])('is none where the boundary comes %s', async (_name, contentType) => {
    const gateway = await startUploadGateway();
    const answer = await sendForm(gateway.origin, upload(), type(contentType));
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({ status: 200, errors: undefined });
    expectBytes(onlyReceived(gateway).file?.bytes, 'bytes');
  });

  test('is one that a form of another site could send: it lacks each of three headers', async () => {
    const gateway = await startUploadGateway();
    const names = ['apollo-require-preflight', 'x-graphql-yoga-csrf', 'x-apollo-operation-name'];
    for (const value of [null, '']) {
      const answer = await sendForm(gateway.origin, upload(noise(100_000)), {
        'apollo-require-preflight': value,
      });
      expect(answer.status).toBe(403);
      for (const name of names) expect(answer.body.errors[0].message).toContain(name);
    }
    expect(gateway.sandbox?.received).toEqual([]);
    for (const name of names) {
      const answer = await sendForm(gateway.origin, upload(), {
        'apollo-require-preflight': null,
        [name]: '1',
      });
      expect(result(answer)).toMatchObject(sent);
    }
  });

  const body = upload(noise(50_000));
  const cutOff: [name: string, bytes: Buffer][] = [
    ['a body shorter than was announced', Buffer.concat([head(body.length + 10), body])],
    ['a body cut off in the file', Buffer.concat([head(body.length), body.subarray(0, -1_000)])],
    ['chunks without an end', Buffer.concat([head('chunked'), chunk(body)])],
    ['chunks without an end, in the file', Buffer.concat([head('chunked'), chunk(body.subarray(0, -1_000))])],
    ['a chunk shorter than was announced', Buffer.concat([head('chunked'), chunk(body).subarray(0, -100)])],
    ['a chunk without a length', Buffer.concat([head('chunked'), chunk(body), Buffer.from('nonsense\r\n')])],
  ];
  test.each(cutOff)('sends nothing, and ends with its connection: %s', async (_name, bytes) => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    await client.write(bytes);
    await sleep(40);
    client.end();
    await client.closed();
    expect(client.rest).not.toMatch(/^HTTP\/1.1 (?:2|5)/);
    await spool.becomesEmpty();
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test('longer than was announced is cut there, and what follows is no request', async () => {
    const gateway = await startUploadGateway();
    const client = new RawClient(gateway.origin);
    await client.write(head(body.length - 1_000), body);
    await client.closed();
    // Node itself may be the first to say so, of the bytes that follow.
    expect(client.rest).toMatch(/^HTTP\/1.1 400 /);
    expect(client.rest).not.toMatch(/^HTTP\/1.1 (?:2|5)/m);
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

describe('a mutation with two replies sends neither', () => {
  const x = file('x', { name: 'x' });
  const y = file('y', { name: 'y' });
  test.each<[name: string, rest: Buffer]>([
    ['where the second file does not come', form(x)],
    ['where the first file does not come', form(y)],
    ['where neither comes', form()],
    ['where the second file is cut off', Buffer.concat([x, y.subarray(0, -2)])],
    ['where the closing boundary is missing', Buffer.concat([x, y])],
    ['where the second file is a text', form(x, field('y', 'y'))],
    ['where the first file comes twice', form(x, x, y)],
    ['where the first file comes again at the end', form(x, y, x)],
    ['where another part comes at the end', form(x, y, field('z', ''))],
    ['where the second header is malformed', form(x, part('nonsense'))],
  ])('%s', async (_name, rest) => {
    const gateway = await startUploadGateway();
    const good = form(twoOperations, twoMap, x, y);
    const answer = await sendForNothing(gateway, Buffer.concat([twoOperations, twoMap, rest]), good);
    expect(answer.status).toBe(400);
    expect(answer.body.data ?? null).toBeNull();
  });

  const plainFirst = operations(
    { b: null },
    `mutation ($b: Upload!) {
      first: replyToConversation(input: { conversationId: "1", body: "1" }) { __typename }
      second: replyToConversation(input: { conversationId: "1", attachment: { file: $b } }) { __typename }
    }`,
  );
  const mapB = map({ y: ['variables.b'] });
  const plainAlone = operations({ input: { conversationId: '1', body: 'Hi' } });
  test.each<[name: string, body: Buffer]>([
    ['and only the second file does not come', form(plainFirst, mapB)],
    ['and only the second file is cut off', Buffer.concat([plainFirst, mapB, y.subarray(0, -2)])],
    ['and after the second file another part comes', form(plainFirst, mapB, y, x)],
    ['and there is no file, but a part', form(plainAlone, map({}), x)],
    ['and there is no file, and no closing boundary', Buffer.concat([plainAlone, map({})])],
  ])('of which the first has no file: %s', async (_name, body) => {
    const gateway = await startUploadGateway();
    const answer = await sendForNothing(gateway, body, form(plainFirst, mapB, y));
    expect(answer.status).toBe(400);
    expect(answer.body.data ?? null).toBeNull();
  });

  test.each(['goAway', 'reset', 'end'] as const)(
    'where the client goes away before the second file: %s',
    async (way) => {
      const gateway = await startUploadGateway();
      const client = new RawClient(gateway.origin);
      await client.write(head(200_000), twoOperations, twoMap, x, `--${boundary}\r\n`);
      await until(() => expect(spool.files()).toHaveLength(1));
      client[way]();
      await client.closed();
      await spool.becomesEmpty();
      expect(gateway.sandbox?.received).toEqual([]);
    },
  );
});

describe('an Upload that is no file', () => {
  const accepts = ['application/graphql-response+json', 'application/json', '*/*'];
  /** Null is a missing variable like any other, which clients of the older media type expect under 200. */
  const statusFor = (value: string, accept: string) =>
    value === 'null' && accept !== 'application/graphql-response+json' ? 200 : 400;
  const values = [
    '"a"',
    '5',
    'true',
    '{}',
    '[]',
    '[null]',
    'null',
    '{"promise":{}}',
    '{"arrival":{}}',
    '{"file":{"capacitor":{}}}',
    '{"name":"a","size":1}',
    '12345678901234567890',
  ];
  const input = (value: string) =>
    `{"input":{"conversationId":"1","body":"Hi","attachment":{"file":${value}}}}`;

  test.each(values)('is refused in JSON: %s', async (value) => {
    const gateway = await startUploadGateway();
    // A document that is known goes another way.
    await post(gateway, mutation, { input: { conversationId: '404', body: 'Hi' } });
    for (const accept of [...accepts, ...accepts]) {
      const { status, body } = await post(gateway, mutation, input(value), { accept });
      expect({ status, data: body.data ?? null }).toEqual({ status: statusFor(value, accept), data: null });
      expect(body.errors[0].message).toMatch(
        value === 'null' ? /must not be null|not to be null|Upload!/ : /Upload/,
      );
    }
    expect(gateway.sandbox?.received).toHaveLength(1);
  });

  test.each(values)('is refused in a multipart request without files: %s', async (value) => {
    const gateway = await startUploadGateway();
    for (const accept of accepts) {
      const body = form(operations(input(value)), map({}));
      const answer = await sendForm(gateway.origin, body, { accept });
      expect({ status: answer.status, data: answer.body.data ?? null }).toEqual({
        status: statusFor(value, accept),
        data: null,
      });
      expect(answer.body.errors[0].message).toMatch(/Upload/);
    }
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each(values)('is refused as a variable of its own: %s', async (value) => {
    const gateway = await startUploadGateway();
    const query = `mutation ($file: Upload!) {
      replyToConversation(input: { conversationId: "1", body: "Hi", attachment: { file: $file } }) { __typename }
    }`;
    for (const accept of accepts) {
      const { status, body } = await post(gateway, query, `{"file":${value}}`, { accept });
      expect({ status, data: body.data ?? null }).toEqual({ status: statusFor(value, accept), data: null });
      expect(body.errors[0].message).toMatch(/Upload/);
    }
    expect(gateway.sandbox?.received).toEqual([]);
  });

  test.each(['"a"', '5', 'true', 'A', '{}', '{ promise: {} }', '{ arrival: {} }', '[]', 'null'])(
    'is refused as a literal: %s',
    async (literal) => {
      const gateway = await startUploadGateway();
      const query = `mutation { replyToConversation(input: { conversationId: "1", body: "Hi", attachment: { file: ${literal} } }) { __typename } }`;
      const json = await post(gateway, query);
      const multipart = await sendForm(gateway.origin, form(operations({}, query), map({})));
      for (const { status, body } of [json, multipart]) {
        expect(status).toBeOneOf([200, 400]);
        expect(body.errors.length).toBeGreaterThan(0);
        expect(body.data ?? null).toBeNull();
      }
      expect(gateway.sandbox?.received).toEqual([]);
    },
  );

  test('is refused as the default of a variable', async () => {
    const gateway = await startUploadGateway();
    const query = `mutation ($file: Upload = "a") {
      replyToConversation(input: { conversationId: "1", body: "Hi", attachment: { file: $file } }) { __typename }
    }`;
    const { body } = await post(gateway, query);
    expect(body.errors.length).toBeGreaterThan(0);
    expect(gateway.sandbox?.received).toEqual([]);
  });
});

describe('a Dashly that fails', () => {
  const large = upload(noise(6 * MiB));
  const unauthorized = JSON.stringify({ meta: { status: 401, error: 'NotAuthenticated' } });

  test('with 413 and a page refuses the file', async () => {
    const upstream = await startRawUpstream({
      answer: (socket) =>
        void socket.write(answerBytes(413, '<html>413 Request Entity Too Large</html>', 'text/html')),
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url, UPLOAD_MAX_BYTES: '54321' });
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject({
      __typename: 'AttachmentTooBigError',
      delivery: 'NOT_DELIVERED',
      maxBytes: 54_321,
    });
    expect(upstream.requests).toHaveLength(1);
  });

  test.each<[name: string, bytes: number]>([
    ['the first byte', 1],
    ['the first 100,000 bytes', 100_000],
    ['3 MiB', 3 * MiB],
  ])('resets the connection after %s: whether it has the reply is not known', async (_name, bytes) => {
    const upstream = await startRawUpstream({
      onBytes: (socket, received) => {
        if (received >= bytes) socket.resetAndDestroy();
      },
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    expect(result(await sendForm(gateway.origin, large))).toMatchObject({
      __typename: 'DashlyUnavailableError',
      reason: 'UNREACHABLE',
      delivery: 'UNKNOWN',
    });
    await sleep(30);
    expect(upstream.begun()).toBe(1);
    expect(upstream.requests).toEqual([]);
  });

  test.each<[name: string, close: 'keeps' | 'closes']>([
    ['and reads on', 'keeps'],
    ['and closes', 'closes'],
  ])('refuses before it has the body, %s: the refusal counts', async (_name, close) => {
    const upstream = await startRawUpstream({
      onHead: (socket) => {
        const more = close === 'closes' ? 'connection: close\r\n' : '';
        socket.write(answerBytes(401, unauthorized, 'application/json', more));
        if (close === 'closes') socket.end();
      },
      answer: () => {},
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    expect(result(await sendForm(gateway.origin, large))).toMatchObject({
      __typename: 'NotAuthenticatedError',
      delivery: 'NOT_DELIVERED',
    });
    await sleep(30);
    expect(upstream.begun()).toBe(1);
    // The connection on which half of a body may still be due is not used again.
    await sendForm(gateway.origin, upload());
    expect(upstream.connections()).toBe(2);
  });

  test('says 100 first and answers then', async () => {
    const upstream = await startRawUpstream({
      answer: (socket, request) => void socket.write(`HTTP/1.1 100 Continue\r\n\r\n${okBytesFor(request)}`),
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    const answer = await sendForm(gateway.origin, upload());
    expect(result(answer).__typename).toBeOneOf(['ReplyToConversationPayload', 'DashlyUnavailableError']);
    expect(upstream.begun()).toBe(1);
  });

  test('does not read: the time limit ends it', async () => {
    const upstream = await startTcpUpstream((socket) => void socket.pause());
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream, DASHLY_TIMEOUT_MS: '2000' });
    expect(result(await sendForm(gateway.origin, upload(noise(10 * MiB))))).toMatchObject({
      __typename: 'DashlyUnavailableError',
      reason: 'TIMEOUT',
      delivery: 'UNKNOWN',
    });
  });

  test('does not answer: the time limit ends it', async () => {
    const upstream = await startRawUpstream({ answer: () => {} });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url, DASHLY_TIMEOUT_MS: '2000' });
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject({
      reason: 'TIMEOUT',
      delivery: 'UNKNOWN',
    });
    expect(upstream.begun()).toBe(1);
  });

  test('is not there: nothing was sent', async () => {
    const gateway = await startUploadGateway({ DASHLY_API_URL: 'http://127.0.0.1:9' });
    expect(result(await sendForm(gateway.origin, upload()))).toMatchObject({
      reason: 'UNREACHABLE',
      delivery: 'NOT_DELIVERED',
    });
  });

  test('ends a connection while it is idle: the next file goes whole on another one', async () => {
    const upstream = await startRawUpstream({
      answer: (socket, request) => {
        socket.end(okBytesFor(request));
      },
    });
    const gateway = await startUploadGateway({ DASHLY_API_URL: upstream.url });
    for (let index = 0; index < 5; index++) {
      const content = noise(70_000 + index);
      const answer = await sendForm(gateway.origin, upload(content));
      expect(result(answer)).toMatchObject(sent);
      expect(upstream.requests.at(-1)?.body.includes(content)).toBe(true);
      // The end of the connection has come by then: sooner it may cross with the next request.
      await sleep(30);
    }
    expect(upstream.requests).toHaveLength(5);
  });

  test.each<[conversationId: string, expected: object]>([
    ['413', { __typename: 'AttachmentTooBigError', maxBytes: 10 * MiB }],
    ['401', { __typename: 'NotAuthenticatedError' }],
    ['403', { __typename: 'PermissionDeniedError' }],
    ['429', { __typename: 'TooManyRequestsError' }],
    ['500', { reason: 'SERVER_ERROR', delivery: 'UNKNOWN' }],
    ['502', { reason: 'SERVER_ERROR', delivery: 'UNKNOWN' }],
    ['302', { reason: 'BAD_RESPONSE', delivery: 'UNKNOWN' }],
    ['2003', { reason: 'BAD_RESPONSE', delivery: 'UNKNOWN' }],
    ['2004', { reason: 'BAD_RESPONSE', delivery: 'DELIVERED' }],
    ['9001', { reason: 'UNREACHABLE', delivery: 'UNKNOWN' }],
    ['9002', { reason: 'UNREACHABLE', delivery: 'UNKNOWN' }],
    ['9004', { reason: 'BAD_RESPONSE', delivery: 'UNKNOWN' }],
    ['9005', { reason: 'UNREACHABLE', delivery: 'UNKNOWN' }],
  ])('fails in conversation %s as it does without a file', async (conversationId, expected) => {
    const gateway = await startUploadGateway();
    for (const content of ['bytes', noise(3 * MiB)]) {
      const body = form(replyOperations({ conversationId }), map(), file(content));
      expect(result(await sendForm(gateway.origin, body))).toMatchObject(expected);
    }
    expect(gateway.sandbox?.received.length).toBeLessThanOrEqual(2);
  });
});

describe('a place for temporary files', () => {
  const exactly = (bytes: number) => upload(noise(bytes - upload(noise(0)).length));

  test.each([
    ['no', 128 * 1024, 0],
    ['a', 128 * 1024 + 1, 1],
  ])('%s file is there for a request of %i bytes while it is under way', async (_which, bytes, files) => {
    const gateway = await startUploadGateway();
    const body = exactly(bytes);
    expect(body.length).toBe(bytes);
    const client = new RawClient(gateway.origin);
    await client.write(head(bytes), body.subarray(0, -1_000));
    await until(() => expect(spool.files()).toHaveLength(files));
    await client.write(body.subarray(-1_000));
    expect(result(await client.answer())).toMatchObject(sent);
    expectBytes(gateway.sandbox?.received[0]?.file?.bytes, noise(bytes - upload(noise(0)).length));
    await spool.becomesEmpty();
  });

  test('that is not there fails the reply, and nothing is sent', async () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = '/nowhere/at/all';
    try {
      const gateway = await startUploadGateway({}, { mayLog: true });
      for (const size of [150_000, 500_000]) {
        const answer = await sendForm(gateway.origin, upload(noise(size)));
        expect(result(answer)).toMatchObject(failedInternally);
        expect(answer.text).not.toContain('nowhere');
      }
      expect(gateway.errors).toHaveLength(2);
      expect(gateway.sandbox?.received).toEqual([]);
      // A small one needs no such place.
      expect(result(await sendForm(gateway.origin, upload(noise(100_000))))).toMatchObject(sent);
    } finally {
      if (before !== undefined) process.env['TMPDIR'] = before;
    }
  });
});

describe('the process', () => {
  test('has as many descriptors as before, whatever was asked of it', async () => {
    let behaviour: 'answers' | 'resets' | 'early' = 'answers';
    const upstream = await startRawUpstream({
      onHead: (socket) => {
        if (behaviour === 'resets') socket.resetAndDestroy();
        if (behaviour === 'early')
          socket.end(answerBytes(401, '{}', 'application/json', 'connection: close\r\n'));
      },
    });
    const command = await startCommand({ DASHLY_API_URL: upstream.url, UPLOAD_MAX_BYTES: '200000' });
    const kinds = () => {
      const counts: Record<string, number> = {};
      for (const link of linksOf(command.processId)) {
        const kind = link.replace(/:\[\d+\]/, '');
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
      return counts;
    };
    const settled = async (expected: Record<string, number>) => {
      upstream.hangUp();
      await until(() => expect(kinds()).toEqual(expected));
      await command.spool.becomesEmpty();
    };
    const before = kinds();
    expect(result(await sendForm(command.origin, upload(noise(100_000))))).toMatchObject(sent);
    await settled(before);

    const whole = upload(noise(150_000));
    const twice = form(replyOperations(), map(), file(noise(100_000)), file(noise(100_000)));
    const requests: [name: string, body: Buffer, headers?: Record<string, string | null>][] = [
      ['a file', whole],
      ['a file that is too large', upload(noise(300_000))],
      ['two files of one name', twice],
      ['a file that does not come', form(replyOperations(), map())],
      ['a text for a file', form(replyOperations(), map(), field('0', 'x'))],
      ['no closing boundary', whole.subarray(0, -30)],
      ['no operations', form(file())],
      ['no JSON', form(field('operations', '{'), map(), file())],
      ['a malformed header', form(replyOperations(), map(), part('nonsense'))],
      ['an invalid reply', form(replyOperations({ conversationId: '0' }), map(), file(noise(100_000)))],
      ['no preflight header', whole, { 'apollo-require-preflight': null }],
      ['no token', whole, { authorization: null }],
      ['another type', whole, { 'content-type': 'multipart/mixed; boundary=a' }],
      [
        'two replies',
        form(twoOperations, twoMap, file(noise(50_000), { name: 'x' }), file('y', { name: 'y' })),
      ],
    ];
    for (const [name, body, headers] of requests) {
      for (const _time of [1, 2])
        expect((await sendForm(command.origin, body, headers)).status, name).toBeLessThan(600);
    }
    for (behaviour of ['resets', 'early'] as const)
      expect((await sendForm(command.origin, whole)).status).toBe(200);
    behaviour = 'answers';
    for (const bytes of [
      0,
      300,
      whole.indexOf('name="0"') - 38,
      whole.indexOf('name="0"') + 40,
      60_000,
      149_000,
    ]) {
      for (const way of ['goAway', 'reset', 'end'] as const) {
        const client = new RawClient(command.origin);
        await client.write(head(whole.length), whole.subarray(0, bytes));
        await sleep(10);
        client[way]();
        await client.closed();
      }
    }
    await settled(before);
  });

  test('leaves no file behind where it is stopped during an upload whose client then goes away', async () => {
    const command = await startCommand({});
    const client = new RawClient(command.origin);
    await client.write(head(1_000_000), upload(noise(300_000)).subarray(0, 200_000));
    await until(() => expect(command.spool.files()).toHaveLength(1));
    command.child.kill('SIGTERM');
    await sleep(50);
    client.goAway();
    expect(await command.ended).toBe(0);
    expect(command.spool.files()).toEqual([]);
    expect(command.output.err).toBe('');
    expect(command.output.out).not.toContain('"level":"error"');
  });

  test('leaves no file behind where it is killed in the middle of an upload', async () => {
    const command = await startCommand({});
    const client = new RawClient(command.origin);
    const body = upload(noise(8 * MiB));
    await client.write(head(body.length), body.subarray(0, -1_000));
    const sizes = () => command.spool.files().map((path) => statSync(path).size);
    await until(() => expect(Math.max(...sizes())).toBeGreaterThan(7 * MiB));
    command.child.kill('SIGKILL');
    expect(await command.ended).toBe('SIGKILL');
    expect(command.spool.files()).toEqual([]);
  });

  test('finishes an upload that is under way when it is stopped', async () => {
    const upstream = await startRawUpstream();
    const command = await startCommand({ DASHLY_API_URL: upstream.url });
    const client = new RawClient(command.origin);
    const content = noise(300_000);
    const body = upload(content);
    await client.write(head(body.length), body.subarray(0, 200_000));
    await until(() => expect(command.spool.files()).toHaveLength(1));
    command.child.kill('SIGTERM');
    await sleep(50);
    await client.write(body.subarray(200_000));
    expect(result(await client.answer())).toMatchObject(sent);
    expect(await command.ended).toBe(0);
    expect(upstream.requests[0]?.body.includes(content)).toBe(true);
    expect(command.spool.files()).toEqual([]);
  });

  test.each<[name: string, size: number, limit: number]>([
    ['in the first write', 170_000, 32_768],
    ['much later', 400_000, 262_144],
    ['with the last byte', 163_841, 163_840],
    ['shortly before the end', 164_500, 163_840],
  ])('that cannot write all of a file sends nothing: %s', async (_name, size, limit) => {
    const upstream = await startRawUpstream();
    const command = await startCommand({ DASHLY_API_URL: upstream.url }, limit);
    const answer = await sendForm(command.origin, upload(noise(size)));
    expect(upstream.connections()).toBe(0);
    expect(result(answer)).toMatchObject(failedInternally);
    await until(() => expect(command.output.out).toMatch(/Unexpected error in request/));
    await command.spool.becomesEmpty();
    // What fits still passes.
    expect(result(await sendForm(command.origin, upload(noise(limit))))).toMatchObject(sent);
    expect(upstream.requests.at(-1)?.body.includes(noise(limit))).toBe(true);
  });

  test('gives up on a client that has gone silent', async () => {
    if (!silence) return expect.unreachable();
    expect(await silence.told).toMatch(/^HTTP\/1\.1 408 .*No byte of the request arrived for 15 seconds\./s);
    await silence.command.spool.becomesEmpty();
    expect(silence.command.output.err).toBe('');
    expect(silence.command.output.out).not.toContain('"level":"error"');
  });

  test('leaves no file behind where it is stopped by force', async () => {
    if (!stubborn) return expect.unreachable();
    const { command, began } = stubborn;
    expect(await command.ended).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(5_000);
    expect(command.spool.files()).toEqual([]);
  });
});
